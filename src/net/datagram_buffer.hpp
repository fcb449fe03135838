#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"

namespace pigeon::net {

/// Memory into which the datagram sockets of one event loop receive, one after the other. Takes
/// 1 MiB of address space, of which only what is written to is ever backed by memory.
class DatagramBuffer {
 public:
  struct Datagram {
    AddressPair path;
    BytesView payload;
  };
  /// What one call of the system may bring.
  struct Layout {
    /// Of one message, up to `byte_count`. What is longer is cut.
    std::size_t message_size_max = 0;
    /// Messages, 1 or more; bounded also by the memory and `message_count_max`.
    std::size_t message_count = 0;
  };
  /// A message of the system: one datagram, or several of equal size that it has joined.
  struct Message {
    SocketAddress remote;
    /// Where it was sent to, if the socket tells.
    std::optional<IpAddress> local;
    BytesView payload;
    /// Of each datagram in it but the last, which may be shorter; 0 if it is only one.
    std::size_t segment_size = 0;
    /// It was longer than the layout allows.
    bool truncated = false;
    /// How many the system has dropped at this socket so far, modulo 2^32, if it tells.
    std::optional<std::uint32_t> dropped_count;
  };
  static constexpr std::size_t byte_count = std::size_t{1} << 20U;
  static constexpr std::size_t message_count_max = 64;

  DatagramBuffer();

  /// What was received last, in the order of arrival. Valid until the next receiving.
  std::span<const Datagram> datagrams() const { return datagrams_; }

  // For the socket that receives.

  /// Forgets the datagrams and reads messages. Gives their number, or -1 with the cause in `errno`.
  int read(int socket, const Layout& layout);
  /// A message of the last `read`.
  Message message(std::size_t index) const;
  void add(const Datagram& datagram) { datagrams_.push_back(datagram); }

 private:
  /// For the local address, the size of segments and the number of dropped messages.
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, 128> bytes;
  };
  using Memory = std::array<std::uint8_t, byte_count>;
  struct Headers {
    std::array<mmsghdr, message_count_max> messages;
    std::array<iovec, message_count_max> pieces;
    std::array<sockaddr_storage, message_count_max> remotes;
    std::array<Control, message_count_max> controls;
  };

  std::unique_ptr<Memory> bytes_;
  std::unique_ptr<Headers> headers_;
  std::vector<Datagram> datagrams_;
};

}  // namespace pigeon::net
