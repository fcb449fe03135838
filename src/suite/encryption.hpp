#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "crypto/private_scalar.hpp"
#include "crypto/request.hpp"
#include "pigeon/result.hpp"
#include "suite/p256.hpp"
#include "suite/suite_error.hpp"

namespace pigeon::suite {

/// A P-256 key pair that messages are encrypted to, as by unsea 1.1.2: AES-256-GCM under SHA-256 of
/// the X coordinate that the pair shares with a key made for the message. Nothing tells who has
/// encrypted; that is for a signature.
class EncryptionKey {
 public:
  /// A new pair.
  static Result<EncryptionKey, SuiteError> generate();
  /// The pair of a private scalar, big-endian; zero and anything from the order of the curve
  /// upwards are refused.
  static Result<EncryptionKey, SuiteError> from_private_scalar(
      std::span<const std::uint8_t, crypto::PrivateScalar::byte_count> scalar);

  const crypto::EncryptionPublicKey& public_key() const { return pair_.public_key; }

  /// Decrypts what `seal` has made for this pair. Nothing if it was for another, was changed or cut
  /// at any place, or its key is no point of the curve.
  std::optional<Bytes> open(const crypto::SealedText& sealed) const;

 private:
  explicit EncryptionKey(P256Pair pair);

  P256Pair pair_;
};

/// Encrypts for the owner of a key. Nothing if the key is no point of the curve. unsea normalizes
/// texts (NFC) and trims them before; this takes the bytes as they are.
std::optional<crypto::SealedText> seal(const crypto::EncryptionPublicKey& key, BytesView text);

}  // namespace pigeon::suite
