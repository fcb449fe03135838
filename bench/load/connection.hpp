#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bench/load/tls.hpp"

namespace pigeon::bench {

/// What a read or write has done.
struct Transfer {
  enum class End { none, blocked, closed };
  std::size_t bytes = 0;
  End end = End::none;
};

/// A non-blocking TCP connection to a loopback address, plain or TLS.
class Connection {
 public:
  Connection() = default;
  /// Begins to connect from 127.0.0.`source`, so that one process has ports enough and does not
  /// look like one abusive address. Throws std::runtime_error if the system refuses.
  Connection(std::uint16_t port, unsigned source, int receive_buffer, SSL_CTX* tls);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  /// True once TCP and TLS are ready, false if they are under way. Throws if they failed.
  bool establish();
  Transfer read(char* to, std::size_t size);
  Transfer write(const char* from, std::size_t size);
  int fd() const { return fd_; }
  bool wants_write() const { return wants_write_; }

 private:
  Transfer tls_result(int result);

  int fd_ = -1;
  bool wants_write_ = true;
  SslSession session_;
};

}  // namespace pigeon::bench
