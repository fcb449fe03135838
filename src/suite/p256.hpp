#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "crypto/peer_identity.hpp"
#include "crypto/private_scalar.hpp"
#include "pigeon/result.hpp"
#include "suite/suite_error.hpp"

struct evp_pkey_st;

namespace pigeon::suite {

struct P256KeyFreer {
  void operator()(evp_pkey_st* key) const;
};
/// A key of the curve P-256 in OpenSSL: a pair or its public half.
using P256Key = std::unique_ptr<evp_pkey_st, P256KeyFreer>;

/// A pair with its public half as it is told to others.
struct P256Pair {
  P256Key key;
  crypto::SigningPublicKey public_key;
};

/// A new pair out of OpenSSL's randomness.
Result<P256Pair, SuiteError> generate_p256_pair();

/// The pair of a private scalar, big-endian; zero and anything from the order of the curve upwards
/// are refused.
Result<P256Pair, SuiteError> p256_pair_of(
    std::span<const std::uint8_t, crypto::PrivateScalar::byte_count> scalar);

/// A public half of somebody else; null if the point is not on the curve.
P256Key load_p256_public_key(const crypto::SigningPublicKey& key);

}  // namespace pigeon::suite
