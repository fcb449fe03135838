#include "net/tls_settings.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace pigeon::net {

Result<std::shared_ptr<ssl_ctx_st>, std::string> make_tls_settings(const ssl_method_st* method) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  if (context == nullptr) {
    return Unexpected("OpenSSL could not start: " + tls_library_reason() + ".");
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // RELEASE_BUFFERS is what makes an idle connection cheap.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

std::string tls_library_reason() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

std::string check_pem_readable(std::string_view role, const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  const int cause = errno;
  return "The " + std::string(role) + " file " + file + " cannot be read: " + std::strerror(cause) +
         ". Give the path of a PEM file that this user may read.";
}

}  // namespace pigeon::net
