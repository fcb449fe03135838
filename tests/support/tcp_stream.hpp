#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/file_descriptor.hpp"
#include "tests/support/byte_stream.hpp"

namespace pigeon::test {

/// Where a test connects to, and from where. Every address of 127.0.0.0/8 is this machine, so that
/// a flood can come from another address than the clients that must not suffer from it.
struct Route {
  std::uint16_t port = 0;
  std::string source = "127.0.0.1";
  /// Bytes of the socket's receive buffer; 0: as the system chooses.
  int receive_buffer = 0;
};

/// A plain TCP connection to 127.0.0.1.
class TcpStream final : public ByteStream {
 public:
  /// Connects; throws `Failure` if that fails.
  explicit TcpStream(const Route& route, Deadline deadline = Deadline());

  bool send(std::string_view bytes, Deadline deadline) override;
  std::string receive(Deadline deadline) override;

  /// Tells the other end that nothing more will come.
  void shutdown_send() const;
  /// Ends the connection by a reset, as a process does that crashes with unread data.
  void reset();
  int descriptor() const { return socket_.number(); }

 private:
  net::FileDescriptor socket_;
};

/// Waits until the descriptor can be read or written; throws `Failure` past the deadline.
void wait_ready(int descriptor, short events, Deadline deadline);

}  // namespace pigeon::test
