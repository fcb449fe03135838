#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/tls_settings.hpp"

namespace pigeon::net {

namespace {

/// A key with a passphrase would otherwise be asked for on the terminal.
int refuse_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return 0;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Sessions are resumed by tickets, which the clients keep.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
}

std::string load_files(SSL_CTX* context, const std::string& certificate_file,
                       const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return "The certificate file " + certificate_file + " holds no usable certificate (" +
           tls_library_reason() + "). Give a PEM file with the certificate first.";
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    // Loading a key also compares it with the certificate that is there.
    const std::string reason = tls_library_reason();
    if (reason.find("mismatch") == std::string::npos) {
      return "The key file " + key_file + " holds no usable private key (" + reason +
             "). Give the PEM file of the certificate's key, without a passphrase.";
    }
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return "The key in " + key_file + " does not belong to the certificate in " + certificate_file +
           ". Give the two files that were made together.";
  }
  return {};
}

}  // namespace

Result<TlsContext, std::string> TlsContext::load(const std::string& certificate_file,
                                                 const std::string& key_file) {
  for (const std::string& failure :
       {check_pem_readable("certificate", certificate_file), check_pem_readable("key", key_file)}) {
    if (!failure.empty()) return Unexpected(failure);
  }
  auto context = make_tls_settings(TLS_server_method());
  if (!context) return Unexpected(std::move(context).error());
  configure(context->get());
  const std::string failure = load_files(context->get(), certificate_file, key_file);
  ERR_clear_error();
  if (!failure.empty()) return Unexpected(failure);
  return TlsContext(std::move(*context));
}

}  // namespace pigeon::net
