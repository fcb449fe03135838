#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "net/file_descriptor.hpp"
#include "net/io_result.hpp"
#include "runtime/poller.hpp"

namespace pigeon::runtime {

/// A TCP connection to a TURN server.
class TurnStream {
 public:
  /// Bytes that wait for the socket before the connection above holds its datagrams back.
  static constexpr std::size_t waiting_bytes_low = std::size_t{64} << 10U;
  /// Beyond, what is written is dropped: each piece is a whole message of TURN, which may get lost
  /// on its way as any datagram.
  static constexpr std::size_t waiting_bytes_max = std::size_t{1} << 20U;

  /// Begins to connect; nothing if the system refuses at once. `number` is how the connection above
  /// calls it.
  static std::optional<TurnStream> open(std::uint32_t number, const SocketAddress& server,
                                        WatchId watch);

  std::uint32_t number() const { return number_; }
  WatchId watch() const { return watch_; }
  int descriptor() const { return socket_.number(); }
  bool is_connected() const { return is_connected_; }
  /// Before it is connected, or with bytes that wait.
  bool wants_write() const { return !is_connected_ || sent_ < waiting_.size(); }
  bool is_crowded() const { return waiting_.size() - sent_ > waiting_bytes_low; }

  /// The socket is writable for the first time. Our own address, or nothing if there is no
  /// connection.
  std::optional<SocketAddress> finish_connecting();
  /// False if the connection is broken.
  bool write(BytesView message);
  /// Sends what waits. False if the connection is broken.
  bool flush();
  net::IoResult read(MutableBytesView out);

 private:
  TurnStream(net::FileDescriptor socket, std::uint32_t number, WatchId watch)
      : socket_(std::move(socket)), number_(number), watch_(watch) {}

  net::FileDescriptor socket_;
  std::uint32_t number_ = 0;
  WatchId watch_{};
  bool is_connected_ = false;
  Bytes waiting_;
  /// Bytes at the front of `waiting_` that are gone.
  std::size_t sent_ = 0;
};

}  // namespace pigeon::runtime
