#include "rtc/dtls/certificate.hpp"

#include <chrono>
#include <utility>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/assert.hpp"
#include "rtc/dtls/openssl_pointer.hpp"
#include "rtc/dtls/peer_check.hpp"

namespace pigeon::dtls {

namespace {

using Key = OpensslPointer<EVP_PKEY, EVP_PKEY_free>;
using X509Pointer = OpensslPointer<X509, X509_free>;
using Context = OpensslPointer<SSL_CTX, SSL_CTX_free>;

// What RFC 8827 section 6.5 demands comes first; RSA is for peers that still have such
// certificates.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* srtp_profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

void name(X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto* const text = reinterpret_cast<const unsigned char*>("WebRTC");
  PIGEON_ASSERT(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
  PIGEON_ASSERT(X509_set_issuer_name(certificate, subject) == 1);
}

X509Pointer self_sign(EVP_PKEY* key, Now now) {
  X509Pointer certificate(X509_new());
  PIGEON_ASSERT(certificate != nullptr);
  std::uint64_t serial = 0;
  PIGEON_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  PIGEON_ASSERT(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  const std::int64_t seconds = now.wall_ms / 1000;
  constexpr std::int64_t day = std::chrono::seconds(std::chrono::days(1)).count();
  // A day before, because the other side's clock may be behind.
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds - day);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds + 29 * day);
  name(certificate.get());
  PIGEON_ASSERT(X509_set_pubkey(certificate.get(), key) == 1);
  PIGEON_ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) != 0);
  return certificate;
}

Fingerprint fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  PIGEON_ASSERT(size > 0);
  const BytesView bytes(der, static_cast<std::size_t>(size));
  Fingerprint fingerprint = *dtls::fingerprint_of(bytes, "sha-256");
  OPENSSL_free(der);
  return fingerprint;
}

Context make_context(X509* certificate, EVP_PKEY* key) {
  Context context(SSL_CTX_new(DTLS_method()));
  PIGEON_ASSERT(context != nullptr);
  SSL_CTX* const raw = context.get();
  PIGEON_ASSERT(SSL_CTX_set_min_proto_version(raw, DTLS1_2_VERSION) == 1);
  PIGEON_ASSERT(SSL_CTX_set_max_proto_version(raw, DTLS1_2_VERSION) == 1);
  PIGEON_ASSERT(SSL_CTX_set_cipher_list(raw, ciphers) == 1);
  PIGEON_ASSERT(SSL_CTX_set1_groups_list(raw, "X25519:P-256:P-384") == 1);
  PIGEON_ASSERT(SSL_CTX_use_certificate(raw, certificate) == 1);
  PIGEON_ASSERT(SSL_CTX_use_PrivateKey(raw, key) == 1);
  PIGEON_ASSERT(SSL_CTX_set_tlsext_use_srtp(raw, srtp_profiles) == 0);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Both ends show a certificate (RFC 8827 section 6.5); its fingerprint is all that is checked.
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(raw, check_peer_certificate, nullptr);
  return context;
}

}  // namespace

struct Certificate::Impl {
  Context context;
  Fingerprint fingerprint;
};

Certificate::Certificate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Certificate Certificate::generate(Now now) {
  const Key key(EVP_EC_gen("P-256"));
  PIGEON_ASSERT(key != nullptr);
  const X509Pointer certificate = self_sign(key.get(), now);
  return Certificate(std::make_shared<const Impl>(
      Impl{make_context(certificate.get(), key.get()), fingerprint_of(certificate.get())}));
}

const Fingerprint& Certificate::fingerprint() const { return impl_->fingerprint; }

ssl_ctx_st* Certificate::context() const { return impl_->context.get(); }

}  // namespace pigeon::dtls
