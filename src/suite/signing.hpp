#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "crypto/peer_identity.hpp"
#include "crypto/private_scalar.hpp"
#include "crypto/request.hpp"
#include "pigeon/result.hpp"
#include "suite/p256.hpp"
#include "suite/suite_error.hpp"

namespace pigeon::suite {

/// r, then s, each 32 bytes big-endian (IEEE P1363), as unsea writes it.
using Signature = crypto::SignatureBytes;

/// A P-256 key pair that signs with ECDSA over SHA-256.
class SigningKey {
 public:
  static constexpr std::size_t scalar_size = crypto::PrivateScalar::byte_count;

  /// A new pair.
  static Result<SigningKey, SuiteError> generate();
  /// The pair of a private scalar, big-endian; zero and anything from the order of the curve
  /// upwards are refused.
  static Result<SigningKey, SuiteError> from_private_scalar(
      std::span<const std::uint8_t, scalar_size> scalar);

  const crypto::SigningPublicKey& public_key() const { return pair_.public_key; }

  /// Signs a message. The nonce is random, so the same message gets another signature each time.
  Result<Signature, SuiteError> sign(BytesView message) const;

 private:
  explicit SigningKey(P256Pair pair);

  P256Pair pair_;
};

/// True if `signature` is r and s in 64 bytes and the owner of `key` made it for `message`. Both
/// values of s are accepted, as by unsea. Whatever the input (a point off the curve, r or s out of
/// range, another size), the answer is only false.
bool verify(const crypto::SigningPublicKey& key, BytesView message, BytesView signature);

}  // namespace pigeon::suite
