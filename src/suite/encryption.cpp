#include "suite/encryption.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/wipe.hpp"
#include "suite/openssl.hpp"
#include "suite/random_bytes.hpp"
#include "suite/sealing.hpp"

namespace pigeon::suite {

namespace {

using Block = std::array<std::uint8_t, 32>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;

constexpr std::size_t tag_size = 16;
/// What OpenSSL takes at once. A message of the mesh is far below.
constexpr std::size_t text_size_max = std::numeric_limits<int>::max() - 64;

/// The AES key of a pair and somebody's public half, into `out`.
bool agree(const P256Pair& pair, const crypto::EncryptionPublicKey& other, Block& out) {
  const P256Key other_key = load_p256_public_key(other);
  if (!other_key) return false;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pair.key.get(), nullptr));
  Block shared{};
  const Wiper wiper(shared);
  std::size_t size = shared.size();
  // A point of this curve is of its only group, so being on the curve is all there is to check.
  return context && EVP_PKEY_derive_init(context.get()) == 1 &&
         EVP_PKEY_derive_set_peer_ex(context.get(), other_key.get(), 0) == 1 &&
         EVP_PKEY_derive(context.get(), shared.data(), &size) == 1 && size == shared.size() &&
         EVP_Digest(shared.data(), shared.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1;
}

/// Encrypts `text`; nothing if OpenSSL fails.
std::optional<Bytes> encrypt(const Block& key, const std::array<std::uint8_t, 12>& iv,
                             BytesView text) {
  if (text.size() > text_size_max) return std::nullopt;
  const CipherContext context(EVP_CIPHER_CTX_new());
  Bytes out(text.size() + tag_size);
  int size = 0;
  int rest = 0;
  if (!context ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), iv.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), out.data(), &size, text.data(),
                        static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out.data() + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                          out.data() + text.size()) != 1) {
    return std::nullopt;
  }
  return out;
}

/// Decrypts; nothing if the tag does not fit.
std::optional<Bytes> decrypt(const Block& key, const std::array<std::uint8_t, 12>& iv,
                             BytesView ciphertext) {
  if (ciphertext.size() < tag_size || ciphertext.size() > text_size_max) return std::nullopt;
  const BytesView body = ciphertext.first(ciphertext.size() - tag_size);
  std::array<std::uint8_t, tag_size> tag{};
  std::copy_n(ciphertext.end() - tag_size, tag_size, tag.begin());
  const CipherContext context(EVP_CIPHER_CTX_new());
  Bytes out(body.size());
  int size = 0;
  int rest = 0;
  if (!context ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), iv.data()) != 1 ||
      EVP_DecryptUpdate(context.get(), out.data(), &size, body.data(),
                        static_cast<int>(body.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), out.data() + size, &rest) != 1) {
    wipe(out);
    return std::nullopt;
  }
  return out;
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
  Block key{};
  const Wiper wiper(key);
  if (!agree(pair_, crypto::EncryptionPublicKey(sealed.ephemeral_key), key)) return std::nullopt;
  return decrypt(key, sealed.iv, sealed.ciphertext);
}

std::optional<crypto::SealedText> seal_with(const crypto::EncryptionPublicKey& key, BytesView text,
                                            const P256Pair& ephemeral,
                                            const std::array<std::uint8_t, 12>& iv) {
  const ErrorQueueGuard guard;
  Block cipher_key{};
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
