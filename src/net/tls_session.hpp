#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "net/io_result.hpp"
#include "net/tls_client_context.hpp"
#include "net/tls_context.hpp"

// OpenSSL's SSL.
struct ssl_st;

namespace pigeon::net {

/// One end of TLS on a non-blocking stream socket.
class TlsSession {
 public:
  /// Plaintext bytes of the largest record (RFC 8446 section 5.1).
  static constexpr std::size_t record_bytes_max = 16'384;

  // `socket` stays open as long as the session lives.

  /// The server's end.
  TlsSession(const TlsContext& context, int socket);
  /// The client's end: the handshake fails unless the other end has a certificate for `host`, a
  /// name or a numeric address, that the context trusts.
  TlsSession(const TlsClientContext& context, int socket, const std::string& host);

  /// The next step of the handshake; `done` when it is finished.
  IoResult handshake();
  /// Why the handshake failed: a sentence with the cause and the next step. Only at once after it.
  std::string failure() const;
  /// Reads until the buffer could not take another record or nothing more is there.
  IoResult read(MutableBytesView out);
  /// Writes at most one record. After `wants_write` the same bytes, or more, must be offered again.
  IoResult write(BytesView bytes);
  /// Tells the other end that nothing follows. Best effort.
  void finish_sending();

 private:
  struct FreeSession {
    void operator()(ssl_st* session) const;
  };

  /// Reads and writes on the socket.
  TlsSession(ssl_ctx_st* context, int socket);

  std::unique_ptr<ssl_st, FreeSession> session_;
};

}  // namespace pigeon::net
