#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"

// OpenSSL's SSL_CTX and SSL_METHOD, so that its headers stay out of this one.
struct ssl_ctx_st;
struct ssl_method_st;

namespace pigeon::net {

// What both ends of TLS have in common.

/// Settings that connections may be made with: TLS 1.2 or later, few bytes while idle. The error is
/// a sentence.
Result<std::shared_ptr<ssl_ctx_st>, std::string> make_tls_settings(const ssl_method_st* method);

/// OpenSSL's own words for the first error of this thread.
std::string tls_library_reason();

/// A sentence if the file cannot be read, else empty. `role` is what the file is, as in "key".
std::string check_pem_readable(std::string_view role, const std::string& file);

}  // namespace pigeon::net
