#include "rtc/dtls/peer_check.hpp"

#include <algorithm>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/assert.hpp"

namespace pigeon::dtls {

namespace {

int slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool matches(BytesView certificate, const Fingerprint& expected) {
  return fingerprint_of(certificate, expected.algorithm) == expected;
}

}  // namespace

void expect_peer(ssl_st* ssl, PeerCheck& check) {
  PIGEON_ASSERT(SSL_set_ex_data(ssl, slot(), &check) == 1);
}

int check_peer_certificate(x509_store_ctx_st* store, void* /*unused*/) {
  const int ssl_slot = SSL_get_ex_data_X509_STORE_CTX_idx();
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, ssl_slot));
  auto* const check = static_cast<PeerCheck*>(SSL_get_ex_data(ssl, slot()));
  unsigned char* der = nullptr;
  const int size = i2d_X509(X509_STORE_CTX_get0_cert(store), &der);
  if (size <= 0) return 0;
  const BytesView certificate(der, static_cast<std::size_t>(size));
  const bool known = std::ranges::any_of(
      check->expected, [&](const Fingerprint& expected) { return matches(certificate, expected); });
  OPENSSL_free(der);
  check->mismatch = !known;
  X509_STORE_CTX_set_error(store, known ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return known ? 1 : 0;
}

}  // namespace pigeon::dtls
