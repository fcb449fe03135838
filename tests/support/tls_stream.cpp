#include "tests/support/tls_stream.hpp"

#include <array>

#include <poll.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace pigeon::test {

void TlsStream::FreeContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsStream::FreeSession::operator()(SSL* session) const { SSL_free(session); }

TlsStream::TlsStream(const Route& route, const std::filesystem::path& certificate)
    : tcp_(route), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_file(context_.get(), certificate.c_str()) != 1) {
    throw Failure("cannot read the certificate");
  }
  session_.reset(SSL_new(context_.get()));
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), "127.0.0.1");
  SSL_set_fd(session_.get(), tcp_.descriptor());
  const Deadline deadline;
  for (int result = 0; (result = SSL_connect(session_.get())) != 1;) {
    if (!wait_after(result, deadline)) throw Failure("the TLS handshake failed");
  }
}

TlsStream::~TlsStream() = default;

bool TlsStream::wait_after(int result, Deadline deadline) {
  const int error = SSL_get_error(session_.get(), result);
  ERR_clear_error();
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
  wait_ready(tcp_.descriptor(), error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline);
  return true;
}

bool TlsStream::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &sent);
    if (result != 1 && !wait_after(result, deadline)) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

std::string TlsStream::receive(Deadline deadline) {
  std::array<char, 16'384> buffer{};
  for (;;) {
    std::size_t size = 0;
    const int result = SSL_read_ex(session_.get(), buffer.data(), buffer.size(), &size);
    if (result == 1) return {buffer.data(), size};
    if (!wait_after(result, deadline)) return {};
  }
}

long TlsStream::serial() const {
  const X509* certificate = SSL_get0_peer_certificate(session_.get());
  return ASN1_INTEGER_get(X509_get0_serialNumber(certificate));
}

}  // namespace pigeon::test
