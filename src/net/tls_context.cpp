#include "net/tls_context.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace pigeon::net {

namespace {

/// OpenSSL's own words for the first error of this thread.
std::string library_reason() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

/// A sentence if the file cannot be read, else empty.
std::string check_readable(std::string_view role, const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  const int cause = errno;
  return "The " + std::string(role) + " file " + file + " cannot be read: " + std::strerror(cause) +
         ". Give the path of a PEM file that this user may read.";
}

/// A key with a passphrase would otherwise be asked for on the terminal.
int refuse_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return 0;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // RELEASE_BUFFERS is what makes an idle connection cheap.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Sessions are resumed by tickets, which the clients keep.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
}

std::string load_files(SSL_CTX* context, const std::string& certificate_file,
                       const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return "The certificate file " + certificate_file + " holds no usable certificate (" +
           library_reason() + "). Give a PEM file with the certificate first.";
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    // Loading a key also compares it with the certificate that is there.
    const std::string reason = library_reason();
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
       {check_readable("certificate", certificate_file), check_readable("key", key_file)}) {
    if (!failure.empty()) return Unexpected(failure);
  }
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr) return Unexpected("OpenSSL could not start: " + library_reason() + ".");
  configure(context.get());
  const std::string failure = load_files(context.get(), certificate_file, key_file);
  ERR_clear_error();
  if (!failure.empty()) return Unexpected(failure);
  return TlsContext(std::move(context));
}

}  // namespace pigeon::net
