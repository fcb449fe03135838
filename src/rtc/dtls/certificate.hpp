#pragma once

#include <memory>

#include "base/time.hpp"
#include "rtc/dtls/fingerprint.hpp"

struct ssl_ctx_st;

namespace pigeon::dtls {

/// A key pair on P-256 with its self-signed certificate (RFC 8827 section 6.5), and what all
/// handshakes with it have in common. Copies share it: one serves any number of connections.
class Certificate {
 public:
  /// Makes a new one, valid for 30 days around `now`. The key comes from OpenSSL's generator.
  static Certificate generate(Now now);

  /// With SHA-256.
  const Fingerprint& fingerprint() const;

  /// OpenSSL's settings for handshakes with this certificate.
  ssl_ctx_st* context() const;

 private:
  struct Impl;
  explicit Certificate(std::shared_ptr<const Impl> impl);

  std::shared_ptr<const Impl> impl_;
};

}  // namespace pigeon::dtls
