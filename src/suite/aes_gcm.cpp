#include "suite/aes_gcm.hpp"

#include <algorithm>
#include <limits>

#include "base/wipe.hpp"
#include "suite/openssl.hpp"

namespace pigeon::suite {

namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;

/// What OpenSSL takes at once. A message of the mesh is far below.
constexpr std::size_t text_size_max = std::numeric_limits<int>::max() - 64;

}  // namespace

std::optional<Bytes> encrypt(const AesKey& key, const GcmIv& iv, BytesView text,
                             BytesView associated) {
  if (text.size() > text_size_max || associated.size() > text_size_max) return std::nullopt;
  const ErrorQueueGuard guard;
  const CipherContext context(EVP_CIPHER_CTX_new());
  Bytes out(text.size() + gcm_tag_size);
  int size = 0;
  int rest = 0;
  if (!context ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), iv.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &size, associated.data(),
                        static_cast<int>(associated.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), out.data(), &size, text.data(),
                        static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out.data() + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, gcm_tag_size,
                          out.data() + text.size()) != 1) {
    return std::nullopt;
  }
  return out;
}

std::optional<Bytes> decrypt(const AesKey& key, const GcmIv& iv, BytesView ciphertext,
                             BytesView associated) {
  if (ciphertext.size() < gcm_tag_size || ciphertext.size() > text_size_max ||
      associated.size() > text_size_max) {
    return std::nullopt;
  }
  const ErrorQueueGuard guard;
  const BytesView body = ciphertext.first(ciphertext.size() - gcm_tag_size);
  std::array<std::uint8_t, gcm_tag_size> tag{};
  std::copy_n(ciphertext.end() - gcm_tag_size, gcm_tag_size, tag.begin());
  const CipherContext context(EVP_CIPHER_CTX_new());
  Bytes out(body.size());
  int size = 0;
  int rest = 0;
  if (!context ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), iv.data()) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &size, associated.data(),
                        static_cast<int>(associated.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), out.data(), &size, body.data(),
                        static_cast<int>(body.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, gcm_tag_size, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), out.data() + size, &rest) != 1) {
    wipe(out);
    return std::nullopt;
  }
  return out;
}

}  // namespace pigeon::suite
