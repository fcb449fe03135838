#pragma once

#include "base/bytes.hpp"
#include "crypto/peer_identity.hpp"
#include "suite/openssl.hpp"

namespace pigeon::suite {

/// Ready to check signatures of one key, any number of times; null if the key is no point of the
/// curve.
KeyContext prepare_to_verify(const crypto::SigningPublicKey& key);

/// What `verify` promises, with a key that was prepared.
bool verify_with(EVP_PKEY_CTX* context, BytesView message, BytesView signature);

}  // namespace pigeon::suite
