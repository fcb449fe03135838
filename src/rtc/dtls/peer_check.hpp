#pragma once

#include <vector>

#include "rtc/dtls/fingerprint.hpp"

struct ssl_st;
struct x509_store_ctx_st;

namespace pigeon::dtls {

/// What is known of the other side's certificate, and what was found.
struct PeerCheck {
  /// Those that the other side has announced. One that matches is enough (RFC 8122 section 5), but
  /// an algorithm that cannot be checked matches nothing.
  std::vector<Fingerprint> expected;
  /// Set by the handshake: the certificate was seen and is none of the expected.
  bool mismatch = false;
};

/// Lets the handshake of `ssl` fail unless the certificate matches. `check` outlives `ssl`.
void expect_peer(ssl_st* ssl, PeerCheck& check);

/// For `SSL_CTX_set_cert_verify_callback`.
int check_peer_certificate(x509_store_ctx_st* store, void* unused);

}  // namespace pigeon::dtls
