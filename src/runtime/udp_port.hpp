#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/datagram_batch.hpp"
#include "net/udp_socket.hpp"
#include "rtc/connection_router.hpp"
#include "runtime/poller.hpp"

namespace pigeon::runtime {

/// Appends a copy of a datagram.
void append(DatagramBatch& batch, const AddressPair& path, BytesView payload);

/// A UDP socket with the datagrams that it had no room for.
class UdpPort {
 public:
  /// Of datagrams that are added to those that wait already; beyond, new ones are dropped, as a
  /// full network would. Who sends data waits instead: only few checks of paths come here.
  static constexpr std::size_t waiting_bytes_max = std::size_t{64} << 10U;

  UdpPort(net::UdpSocket socket, WatchId watch) : socket_(std::move(socket)), watch_(watch) {}

  net::UdpSocket& socket() { return socket_; }
  const net::UdpSocket& socket() const { return socket_; }
  WatchId watch() const { return watch_; }

  /// Whether datagrams wait for room.
  bool is_blocked() const { return !waiting_.empty(); }

  /// Sends the batch and leaves it in an unknown state, to be cleared. False if not all of it could
  /// be sent: wait until the socket is writable, and call `resume`.
  bool send(DatagramBatch& batch);

  /// Sends what waits. True if all of it is gone.
  bool resume();

  /// Who wants to know when there is room.
  std::vector<rtc::ConnectionId>& waiting_connections() { return waiting_connections_; }

 private:
  void keep(const DatagramBatch& batch);

  net::UdpSocket socket_;
  WatchId watch_;
  DatagramBatch waiting_;
  /// Datagrams at the front of `waiting_` that are gone.
  std::size_t sent_ = 0;
  std::size_t added_bytes_ = 0;
  std::vector<rtc::ConnectionId> waiting_connections_;
};

}  // namespace pigeon::runtime
