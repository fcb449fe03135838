#pragma once

#include <memory>
#include <string>

#include "pigeon/result.hpp"

struct ssl_ctx_st;

namespace pigeon::net {

/// Whom a client trusts, with the settings for its connections: TLS 1.2 or later. Copies are cheap
/// and may be used on several threads.
class TlsClientContext {
 public:
  /// Trusts the certificates of a PEM file, authorities and single servers alike; with no file
  /// those of the system. The error is a sentence with the cause and the next step.
  static Result<TlsClientContext, std::string> load(const std::string& trusted_file);

  ssl_ctx_st* native() const { return context_.get(); }

 private:
  explicit TlsClientContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}

  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace pigeon::net
