#include "net/tls_session.hpp"

#include <algorithm>
#include <cstdint>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/assert.hpp"
#include "net/socket_io.hpp"

namespace pigeon::net {

namespace {

// OpenSSL's own socket BIO writes with write(), which raises SIGPIPE on a broken connection. This
// one uses the calls of socket_io. The socket's number is kept in the BIO's data pointer.

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bio_read(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  const IoResult result = receive(
      socket_of(bio), {reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)});
  if (result.status == IoStatus::done) return static_cast<int>(result.bytes);
  if (result.status == IoStatus::wants_read) BIO_set_retry_read(bio);
  if (result.status != IoStatus::ended) return -1;
  BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return 0;
}

int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  // The system takes the same type for reading and for writing.
  auto* base = const_cast<char*>(bytes);  // NOLINT(*-const-cast)
  iovec piece{.iov_base = base, .iov_len = static_cast<std::size_t>(size)};
  const IoResult result = send(socket_of(bio), {&piece, 1});
  if (result.status == IoStatus::done) return static_cast<int>(result.bytes);
  if (result.status == IoStatus::wants_write) BIO_set_retry_write(bio);
  return -1;
}

long bio_control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pigeon socket");
    PIGEON_ASSERT(made != nullptr);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

IoStatus status_after(SSL* session, int returned) {
  switch (SSL_get_error(session, returned)) {
    case SSL_ERROR_NONE:
      return IoStatus::done;
    case SSL_ERROR_WANT_READ:
      return IoStatus::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return IoStatus::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return IoStatus::ended;
    default:
      return IoStatus::failed;
  }
}

}  // namespace

void TlsSession::FreeSession::operator()(ssl_st* session) const { SSL_free(session); }

TlsSession::TlsSession(ssl_ctx_st* context, int socket) : session_(SSL_new(context)) {
  PIGEON_ASSERT(session_ != nullptr);
  BIO* bio = BIO_new(socket_method());
  PIGEON_ASSERT(bio != nullptr);
  // Read back as a number by socket_of.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(session_.get(), bio, bio);
}

TlsSession::TlsSession(const TlsContext& context, int socket)
    : TlsSession(context.native(), socket) {
  SSL_set_accept_state(session_.get());
}

TlsSession::TlsSession(const TlsClientContext& context, int socket, const std::string& host)
    : TlsSession(context.native(), socket) {
  SSL* const session = session_.get();
  SSL_set_connect_state(session);
  SSL_set_verify(session, SSL_VERIFY_PEER, nullptr);
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1) return;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int is_named = SSL_set1_host(session, host.c_str());
  // Without a name to compare, any certificate of anybody would do.
  PIGEON_ASSERT(is_named == 1);
  // RFC 6066 section 3: names only, no addresses.
  SSL_set_tlsext_host_name(session, host.c_str());
}

IoResult TlsSession::handshake() {
  ERR_clear_error();
  return {status_after(session_.get(), SSL_do_handshake(session_.get()))};
}

std::string TlsSession::failure() const {
  const unsigned long code = ERR_peek_last_error();
  const long verified = SSL_get_verify_result(session_.get());
  if (verified != X509_V_OK) {
    return "Its certificate is not trusted: " +
           std::string(X509_verify_cert_error_string(verified)) +
           ". Check the address, or name the file of the certificate that it is signed by.";
  }
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return "It does not speak TLS (" + std::string(reason == nullptr ? "it hung up" : reason) +
         "). Check host and port, and whether it wants ws.";
}

IoResult TlsSession::read(MutableBytesView out) {
  std::size_t total = 0;
  // With less room than a record takes, part of one could stay behind in OpenSSL, where no event of
  // the socket would tell of it.
  PIGEON_ASSERT(out.size() >= record_bytes_max);
  while (out.size() - total >= record_bytes_max) {
    ERR_clear_error();
    std::size_t count = 0;
    const int returned =
        SSL_read_ex(session_.get(), out.data() + total, out.size() - total, &count);
    if (returned != 1) {
      if (total > 0) break;
      return {status_after(session_.get(), returned)};
    }
    total += count;
  }
  return {IoStatus::done, total};
}

IoResult TlsSession::write(BytesView bytes) {
  ERR_clear_error();
  std::size_t count = 0;
  const int returned =
      SSL_write_ex(session_.get(), bytes.data(), std::min(bytes.size(), record_bytes_max), &count);
  if (returned == 1) return {IoStatus::done, count};
  return {status_after(session_.get(), returned)};
}

void TlsSession::finish_sending() {
  ERR_clear_error();
  SSL_shutdown(session_.get());
  ERR_clear_error();
}

}  // namespace pigeon::net
