#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/datagram_batch.hpp"
#include "base/socket_address.hpp"
#include "net/datagram_buffer.hpp"
#include "net/file_descriptor.hpp"
#include "pigeon/result.hpp"

namespace pigeon::net {

struct UdpOptions {
  /// Hand runs of datagrams to the system as one message that it cuts (UDP_SEGMENT), where it can.
  bool joins_sent = true;
  /// Take runs of datagrams from the system as one message (UDP_GRO), where it can.
  bool joins_received = true;
  /// Messages in one call of the system, 1 or more; bounded also by what the calls have room for.
  std::size_t message_count_max = 64;
  /// Longer datagrams are dropped on arrival; 1 to 65,535. Nothing in WebRTC exceeds an Ethernet
  /// frame.
  std::size_t datagram_size_max = 2'048;
  /// What the system may hold for this socket, in bytes; the system's own limits bound it
  /// (net.core.rmem_max, net.core.wmem_max), and 0 leaves its default.
  std::size_t receive_buffer_size = std::size_t{1} << 20U;
  std::size_t send_buffer_size = std::size_t{1} << 20U;
};

struct UdpCounters {
  std::uint64_t sent_datagrams = 0;
  std::uint64_t sent_bytes = 0;
  /// Those that went out as segments of a longer message.
  std::uint64_t sent_as_segments = 0;
  std::uint64_t send_calls = 0;
  /// Times the system had no room.
  std::uint64_t send_blocked = 0;
  /// Dropped: longer than the path takes.
  std::uint64_t send_too_large = 0;
  /// Dropped: no route, a wrong address, or not allowed.
  std::uint64_t send_refused = 0;
  std::uint64_t received_datagrams = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t receive_calls = 0;
  /// Dropped: longer than the options allow.
  std::uint64_t receive_too_large = 0;
  /// Dropped by the system for lack of room, as far as later datagrams have told.
  std::uint64_t receive_overflowed = 0;
  /// Calls that failed for another reason than that nothing was there.
  std::uint64_t receive_failed = 0;
};

/// A bound UDP socket that never blocks, of IPv4 or IPv6, never both. Its datagrams are not
/// fragmented on the way (DF is set), as path MTU discovery needs (RFC 8899 section 3).
class UdpSocket {
 public:
  /// Port 0 lets the system choose. The error is a sentence with the cause and the next step.
  static Result<UdpSocket, std::string> bind(const SocketAddress& address,
                                             const UdpOptions& options = {});

  /// What it is bound to; the address is unspecified if it takes those of all interfaces.
  const SocketAddress& local_address() const { return local_; }
  /// For waiting until it can be read or written.
  int descriptor() const { return socket_.number(); }
  const UdpCounters& counters() const { return counters_; }

  /// Reads what has arrived into the buffer, up to its bounds. False if the system had nothing:
  /// wait until the socket is readable. True does not mean that there is a datagram in the buffer.
  bool receive(DatagramBuffer& buffer);

  /// Sends the datagrams from number `first` on, from their local address if the socket is bound to
  /// all and from its own otherwise. What the system refuses is dropped and counted. Gives
  /// the number of the first datagram that stays with the caller because the system has no room:
  /// wait until the socket is writable; `batch.size()` if there is none.
  std::size_t send(const DatagramBatch& batch, std::size_t first = 0);

 private:
  struct Outgoing;

  UdpSocket(FileDescriptor socket, const SocketAddress& local, const UdpOptions& options);

  void take(const DatagramBuffer::Message& message, DatagramBuffer& buffer);
  bool can_reach(const AddressPair& path) const;
  void prepare(const DatagramBatch& batch, std::size_t first, std::size_t single_until,
               Outgoing& outgoing) const;
  std::size_t count_sent(const Outgoing& outgoing, std::size_t message_count);
  void count_dropped(int cause, std::size_t datagram_count);

  FileDescriptor socket_;
  SocketAddress local_;
  bool tells_local_ = false;
  bool joins_sent_ = false;
  bool joins_received_ = false;
  std::uint32_t overflowed_ = 0;
  std::size_t message_count_max_ = 1;
  std::size_t datagram_size_max_ = 0;
  UdpCounters counters_;
};

}  // namespace pigeon::net
