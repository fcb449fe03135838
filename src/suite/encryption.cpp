#include "suite/encryption.hpp"

#include <array>
#include <utility>

#include "base/wipe.hpp"
#include "suite/aes_gcm.hpp"
#include "suite/openssl.hpp"
#include "suite/random_bytes.hpp"
#include "suite/sealing.hpp"

namespace pigeon::suite {

namespace {

/// The AES key of a pair and somebody's public half, into `out`.
bool agree(const P256Pair& pair, const crypto::EncryptionPublicKey& other, AesKey& out) {
  const P256Key other_key = load_p256_public_key(other);
  if (!other_key) return false;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pair.key.get(), nullptr));
  std::array<std::uint8_t, 32> shared{};
  const Wiper wiper(shared);
  std::size_t size = shared.size();
  // A point of this curve is of its only group, so being on the curve is all there is to check.
  return context && EVP_PKEY_derive_init(context.get()) == 1 &&
         EVP_PKEY_derive_set_peer_ex(context.get(), other_key.get(), 0) == 1 &&
         EVP_PKEY_derive(context.get(), shared.data(), &size) == 1 && size == shared.size() &&
         EVP_Digest(shared.data(), shared.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1;
}

}  // namespace

EncryptionKey::EncryptionKey(P256Pair pair) : pair_(std::move(pair)) {}

Result<EncryptionKey, SuiteError> EncryptionKey::generate() {
  auto pair = generate_p256_pair();
  if (!pair) return Unexpected(pair.error());
  return EncryptionKey(std::move(*pair));
}

Result<EncryptionKey, SuiteError> EncryptionKey::from_private_scalar(
    std::span<const std::uint8_t, crypto::PrivateScalar::byte_count> scalar) {
  auto pair = p256_pair_of(scalar);
  if (!pair) return Unexpected(pair.error());
  return EncryptionKey(std::move(*pair));
}

std::optional<Bytes> EncryptionKey::open(const crypto::SealedText& sealed) const {
  const ErrorQueueGuard guard;
  AesKey key{};
  const Wiper wiper(key);
  if (!agree(pair_, crypto::EncryptionPublicKey(sealed.ephemeral_key), key)) return std::nullopt;
  return decrypt(key, sealed.iv, sealed.ciphertext);
}

std::optional<crypto::SealedText> seal_with(const crypto::EncryptionPublicKey& key, BytesView text,
                                            const P256Pair& ephemeral,
                                            const std::array<std::uint8_t, 12>& iv) {
  const ErrorQueueGuard guard;
  AesKey cipher_key{};
  const Wiper wiper(cipher_key);
  if (!agree(ephemeral, key, cipher_key)) return std::nullopt;
  auto ciphertext = encrypt(cipher_key, iv, text);
  if (!ciphertext) return std::nullopt;
  return crypto::SealedText{std::move(*ciphertext), iv, ephemeral.public_key.bytes()};
}

std::optional<crypto::SealedText> seal(const crypto::EncryptionPublicKey& key, BytesView text) {
  std::array<std::uint8_t, 12> iv{};
  const auto ephemeral = generate_p256_pair();
  if (!ephemeral || !random_bytes(iv)) return std::nullopt;
  return seal_with(key, text, *ephemeral, iv);
}

}  // namespace pigeon::suite
