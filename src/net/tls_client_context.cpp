#include "net/tls_client_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "net/tls_settings.hpp"

namespace pigeon::net {

namespace {

std::string trust_file(SSL_CTX* context, const std::string& file) {
  std::string failure = check_pem_readable("trusted certificates", file);
  if (!failure.empty()) return failure;
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) {
    return "The file " + file + " holds no usable certificate (" + tls_library_reason() +
           "). Give a PEM file with the certificates to be trusted.";
  }
  // So that a server's own certificate can be named, without the authority above it.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

std::string trust_system(SSL_CTX* context) {
  if (SSL_CTX_set_default_verify_paths(context) == 1) return {};
  return "The system's certificates cannot be read (" + tls_library_reason() +
         "). Name a PEM file with the certificates to be trusted.";
}

}  // namespace

Result<TlsClientContext, std::string> TlsClientContext::load(const std::string& trusted_file) {
  auto context = make_tls_settings(TLS_client_method());
  if (!context) return Unexpected(std::move(context).error());
  SSL_CTX_set_session_cache_mode(context->get(), SSL_SESS_CACHE_OFF);
  const std::string failure = trusted_file.empty() ? trust_system(context->get())
                                                   : trust_file(context->get(), trusted_file);
  ERR_clear_error();
  if (!failure.empty()) return Unexpected(failure);
  return TlsClientContext(std::move(*context));
}

}  // namespace pigeon::net
