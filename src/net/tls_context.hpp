#pragma once

#include <memory>
#include <string>

#include "pigeon/result.hpp"

// OpenSSL's SSL_CTX, so that its headers stay out of this one.
struct ssl_ctx_st;

namespace pigeon::net {

/// A server's certificate and key, with the settings for connections that use them: TLS 1.2 or
/// later. Connections keep what they need of it, so it may be replaced while they live. Copies are
/// cheap and may be used on several threads.
class TlsContext {
 public:
  /// Reads PEM files: the certificate with its intermediates, and its key. The error is a sentence
  /// with the cause and the next step.
  static Result<TlsContext, std::string> load(const std::string& certificate_file,
                                              const std::string& key_file);

  ssl_ctx_st* native() const { return context_.get(); }

 private:
  explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}

  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace pigeon::net
