#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.hpp"
#include "net/io_result.hpp"
#include "net/tls_context.hpp"

// OpenSSL's SSL.
struct ssl_st;

namespace pigeon::net {

/// The server's end of TLS on a non-blocking stream socket.
class TlsSession {
 public:
  /// Plaintext bytes of the largest record (RFC 8446 section 5.1).
  static constexpr std::size_t record_bytes_max = 16'384;

  /// `socket` stays open as long as the session lives.
  TlsSession(const TlsContext& context, int socket);

  /// The next step of the handshake; `done` when it is finished.
  IoResult handshake();
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

  std::unique_ptr<ssl_st, FreeSession> session_;
};

}  // namespace pigeon::net
