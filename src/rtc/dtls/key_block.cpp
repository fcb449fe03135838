#include "rtc/dtls/key_block.hpp"

#include <array>
#include <string_view>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>

#include "base/assert.hpp"
#include "rtc/dtls/openssl_pointer.hpp"

namespace pigeon::dtls {

namespace {

struct Sizes {
  Aead aead;
  std::size_t key;
  std::size_t iv;
};

Sizes sizes_of(const SSL_CIPHER* cipher) {
  switch (SSL_CIPHER_get_cipher_nid(cipher)) {
    case NID_aes_128_gcm:
      return {Aead::aes_128_gcm, 16, 4};
    case NID_aes_256_gcm:
      return {Aead::aes_256_gcm, 32, 4};
    default:
      // The certificate's context offers nothing else.
      PIGEON_ASSERT(SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305);
      return {Aead::chacha20_poly1305, 32, 12};
  }
}

/// PRF(master secret, label, seed) of RFC 5246 section 5.
void expand(SSL* ssl, std::string_view label, BytesView seed, MutableBytesView out) {
  std::array<unsigned char, SSL_MAX_MASTER_KEY_LENGTH> master{};
  const std::size_t master_size =
      SSL_SESSION_get_master_key(SSL_get_session(ssl), master.data(), master.size());
  const EVP_MD* const hash = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
  std::string hash_name = EVP_MD_get0_name(hash);
  const OpensslPointer<EVP_KDF, EVP_KDF_free> prf(EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr));
  const OpensslPointer<EVP_KDF_CTX, EVP_KDF_CTX_free> context(EVP_KDF_CTX_new(prf.get()));
  PIGEON_ASSERT(context != nullptr);
  std::string label_copy(label);
  Bytes seed_copy(seed.begin(), seed.end());
  const std::array<OSSL_PARAM, 5> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash_name.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master.data(), master_size),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label_copy.data(), label_copy.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed_copy.data(), seed_copy.size()),
      OSSL_PARAM_construct_end(),
  };
  const int done = EVP_KDF_derive(context.get(), out.data(), out.size(), params.data());
  OPENSSL_cleanse(master.data(), master.size());
  PIGEON_ASSERT(done == 1);
}

/// RFC 5246 section 6.3: the server's random comes first.
Bytes key_expansion_seed(SSL* ssl) {
  Bytes seed(std::size_t{2} * SSL3_RANDOM_SIZE);
  SSL_get_server_random(ssl, seed.data(), SSL3_RANDOM_SIZE);
  SSL_get_client_random(ssl, seed.data() + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
  return seed;
}

/// RFC 5764 section 4.1.2 and RFC 7714 section 14.2: two keys and two salts.
std::size_t srtp_secret_size(unsigned long profile) {
  return profile == SRTP_AEAD_AES_128_GCM ? 2 * (16 + 12) : 2 * (16 + 14);
}

void add_srtp(SSL* ssl, Secrets& secrets) {
  const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(ssl);
  if (profile == nullptr) return;
  constexpr std::string_view label = "EXTRACTOR-dtls_srtp";
  secrets.srtp_profile = static_cast<std::uint16_t>(profile->id);
  secrets.srtp.resize(srtp_secret_size(profile->id));
  const int done = SSL_export_keying_material(ssl, secrets.srtp.data(), secrets.srtp.size(),
                                              label.data(), label.size(), nullptr, 0, 0);
  PIGEON_ASSERT(done == 1);
}

}  // namespace

Secrets derive_secrets(ssl_st* ssl) {
  const Sizes sizes = sizes_of(SSL_get_current_cipher(ssl));
  Bytes block(2 * (sizes.key + sizes.iv));
  expand(ssl, "key expansion", key_expansion_seed(ssl), block);
  // RFC 5246 section 6.3: keys of client and server, then their fixed nonces; AEAD has no MAC keys.
  BytesView rest = block;
  const auto take = [&rest](std::size_t size) {
    Bytes taken(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
    rest = rest.subspan(size);
    return taken;
  };
  Secrets secrets{.aead = sizes.aead};
  secrets.client.key = take(sizes.key);
  secrets.server.key = take(sizes.key);
  secrets.client.iv = take(sizes.iv);
  secrets.server.iv = take(sizes.iv);
  OPENSSL_cleanse(block.data(), block.size());
  add_srtp(ssl, secrets);
  return secrets;
}

}  // namespace pigeon::dtls
