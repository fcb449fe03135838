#include "net/udp_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include <netinet/in.h>
#include <netinet/udp.h>

#include "base/assert.hpp"
#include "net/listening_socket.hpp"
#include "net/segment_run.hpp"
#include "net/system_address.hpp"

namespace pigeon::net {

namespace {

/// Of one call. They lie on the stack.
constexpr std::size_t outgoing_count_max = 32;
/// What the system joins is never longer.
constexpr std::size_t joined_size_max = 65'536;
constexpr std::size_t control_size =
    CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(std::uint16_t));

bool set(const FileDescriptor& socket, int level, int option, int value) {
  return ::setsockopt(socket.number(), level, option, &value, sizeof value) == 0;
}

bool configure(const FileDescriptor& socket, const SocketAddress& address) {
  const bool tells_local = address.ip.is_unspecified();
  // Not DO: that would also believe the MTU that anybody's ICMP messages claim.
  if (address.ip.is_v4()) {
    return set(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE) &&
           (!tells_local || set(socket, IPPROTO_IP, IP_PKTINFO, 1));
  }
  return set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
         set(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) &&
         (!tells_local || set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
}

/// The system cuts what is above its limits, and runs as well with less.
void size_buffer(const FileDescriptor& socket, int option, std::size_t size) {
  if (size == 0) return;
  set(socket, SOL_SOCKET, option,
      static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max() / 2)));
}

std::string failure(const SocketAddress& address, int cause) {
  const std::string what = "The UDP socket on " + address.to_text() + " cannot be opened: ";
  switch (cause) {
    case EADDRINUSE:
      return what + "the port is taken. Choose another, or 0 for any.";
    case EACCES:
      return what + "the port is for privileged users. Choose one from 1024 on, or 0 for any.";
    case EADDRNOTAVAIL:
      return what + "no network interface of this machine has the address. Choose one of its own.";
    case EMFILE:
    case ENFILE:
      return what + "too many files are open. Raise the limit (ulimit -n).";
    default:
      return what + std::strerror(cause) + ". Choose another address.";
  }
}

/// There is room for `control_size` bytes.
template <class T>
void append_control(msghdr& header, int level, int type, const T& value) {
  auto* end = static_cast<std::uint8_t*>(header.msg_control) + header.msg_controllen;
  auto* control = reinterpret_cast<cmsghdr*>(end);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(control), &value, sizeof value);
  header.msg_controllen += CMSG_SPACE(sizeof value);
}

void append_local_address(msghdr& header, const IpAddress& local) {
  if (local.is_v4()) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.v4_bytes().data(), sizeof info.ipi_spec_dst);
    append_control(header, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, local.bytes().data(), sizeof info.ipi6_addr);
    append_control(header, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

/// Whether a run that was refused may still pass datagram by datagram: the driver cannot cut it
/// (EIO), or a segment is longer than the path takes (EMSGSIZE; EINVAL in older kernels).
bool may_pass_alone(int cause) { return cause == EIO || cause == EINVAL || cause == EMSGSIZE; }

}  // namespace

/// The messages of one call. Only the first `count` of each are filled in.
struct UdpSocket::Outgoing {
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_size> bytes;
  };

  std::array<mmsghdr, outgoing_count_max> messages;
  std::array<iovec, outgoing_count_max> pieces;
  std::array<sockaddr_storage, outgoing_count_max> remotes;
  std::array<Control, outgoing_count_max> controls;
  std::array<std::size_t, outgoing_count_max> datagram_counts;
  std::size_t count = 0;

  // Not defaulted in the class: `{}` would fill the arrays with zeros for each call.
  Outgoing() {}  // NOLINT: see above

  void add(const SocketAddress& remote, BytesView payload, std::size_t datagram_count) {
    const Endpoint endpoint = to_endpoint(remote);
    std::memcpy(&remotes[count], &endpoint.address, endpoint.size);
    auto* bytes = const_cast<std::uint8_t*>(payload.data());  // NOLINT(*-const-cast): only read
    pieces[count] = {bytes, payload.size()};
    messages[count].msg_hdr = {.msg_name = &remotes[count],
                               .msg_namelen = endpoint.size,
                               .msg_iov = &pieces[count],
                               .msg_iovlen = 1,
                               .msg_control = controls[count].bytes.data(),
                               .msg_controllen = 0,
                               .msg_flags = 0};
    messages[count].msg_len = 0;
    datagram_counts[count] = datagram_count;
    ++count;
  }
};

Result<UdpSocket, std::string> UdpSocket::bind(const SocketAddress& address,
                                               const UdpOptions& options) {
  if (address.ip.is_multicast()) return Unexpected(failure(address, EADDRNOTAVAIL));
  const Endpoint endpoint = to_endpoint(address);
  const int family = endpoint.address.ss_family;
  FileDescriptor socket(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open() || !configure(socket, address)) return Unexpected(failure(address, errno));
  const auto* system_address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  if (::bind(socket.number(), system_address, endpoint.size) != 0) {
    return Unexpected(failure(address, errno));
  }
  size_buffer(socket, SO_RCVBUF, options.receive_buffer_size);
  size_buffer(socket, SO_SNDBUF, options.send_buffer_size);
  const SocketAddress local = to_socket_address(local_endpoint(socket).address);
  return UdpSocket(std::move(socket), local, options);
}

UdpSocket::UdpSocket(FileDescriptor socket, const SocketAddress& local, const UdpOptions& options)
    : socket_(std::move(socket)),
      local_(local),
      tells_local_(local.ip.is_unspecified()),
      // A size of 0 leaves segments off but for the messages that ask for them. A kernel that does
      // not know the option would send a run as one long datagram.
      joins_sent_(options.joins_sent && set(socket_, IPPROTO_UDP, UDP_SEGMENT, 0)),
      joins_received_(options.joins_received && set(socket_, IPPROTO_UDP, UDP_GRO, 1)),
      message_count_max_(options.message_count_max),
      datagram_size_max_(options.datagram_size_max) {
  PIGEON_ASSERT(message_count_max_ >= 1);
  PIGEON_ASSERT(datagram_size_max_ >= 1);
  PIGEON_ASSERT(datagram_size_max_ < joined_size_max);
  set(socket_, SOL_SOCKET, SO_RXQ_OVFL, 1);
}

bool UdpSocket::receive(DatagramBuffer& buffer) {
  const DatagramBuffer::Layout layout{
      .message_size_max = joins_received_ ? joined_size_max : datagram_size_max_,
      .message_count = message_count_max_};
  int count = -1;
  do {
    count = buffer.read(socket_.number(), layout);
    ++counters_.receive_calls;
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) ++counters_.receive_failed;
    return false;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) take(buffer.message(i), buffer);
  return true;
}

void UdpSocket::take(const DatagramBuffer::Message& message, DatagramBuffer& buffer) {
  if (message.dropped_count) {
    counters_.receive_overflowed += *message.dropped_count - overflowed_;
    overflowed_ = *message.dropped_count;
  }
  if (message.truncated) {
    ++counters_.receive_too_large;
    return;
  }
  const AddressPair path{{message.local.value_or(local_.ip), local_.port}, message.remote};
  BytesView rest = message.payload;
  do {
    const std::size_t size =
        message.segment_size == 0 ? rest.size() : std::min(rest.size(), message.segment_size);
    if (size > datagram_size_max_) {
      ++counters_.receive_too_large;
    } else {
      buffer.add({path, rest.first(size)});
      ++counters_.received_datagrams;
      counters_.received_bytes += size;
    }
    rest = rest.subspan(size);
  } while (!rest.empty());
}

std::size_t UdpSocket::send(const DatagramBatch& batch, std::size_t first) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  // The datagrams before it go out one by one, because the system has refused them as a run.
  std::size_t single_until = 0;
  std::size_t suspect = none;
  while (first < batch.size()) {
    Outgoing outgoing;
    prepare(batch, first, single_until, outgoing);
    if (outgoing.count == 0) {
      count_dropped(EAFNOSUPPORT, 1);
      ++first;
      continue;
    }
    const int sent = ::sendmmsg(socket_.number(), outgoing.messages.data(),
                                static_cast<unsigned>(outgoing.count), MSG_NOSIGNAL);
    const int cause = errno;
    ++counters_.send_calls;
    if (sent > 0) {
      // The segments were refused, and the first of them is fine alone: it is not its length.
      if (first == suspect) joins_sent_ = false;
      first += count_sent(outgoing, static_cast<std::size_t>(sent));
      continue;
    }
    if (cause == EINTR) continue;
    if (cause == EAGAIN || cause == EWOULDBLOCK) {
      ++counters_.send_blocked;
      return first;
    }
    const std::size_t run = outgoing.datagram_counts[0];
    if (run > 1 && may_pass_alone(cause)) {
      single_until = first + run;
      suspect = first;
      if (cause == EIO) joins_sent_ = false;
    } else {
      count_dropped(cause, run);
      first += run;
    }
  }
  return first;
}

bool UdpSocket::can_reach(const AddressPair& path) const {
  const IpAddress& remote = path.remote.ip;
  // An unspecified address would be taken for this machine.
  return remote.is_v4() == local_.ip.is_v4() && !remote.is_unspecified() && !remote.is_multicast();
}

void UdpSocket::prepare(const DatagramBatch& batch, std::size_t first, std::size_t single_until,
                        Outgoing& outgoing) const {
  const std::size_t count_max = std::min(message_count_max_, outgoing_count_max);
  const auto datagrams = batch.datagrams();
  while (outgoing.count < count_max && first < datagrams.size()) {
    const DatagramBatch::Datagram& next = datagrams[first];
    if (!can_reach(next.path)) return;
    const bool alone = !joins_sent_ || first < single_until;
    const std::size_t run = alone ? 1 : segment_run(datagrams.subspan(first));
    const DatagramBatch::Datagram& last = datagrams[first + run - 1];
    const BytesView payload(batch.payload(next).data(), last.offset + last.size - next.offset);
    msghdr& header = outgoing.messages[outgoing.count].msg_hdr;
    outgoing.add(next.path.remote, payload, run);
    const IpAddress& local = next.path.local.ip;
    if (tells_local_ && !local.is_unspecified() && local.is_v4() == local_.ip.is_v4()) {
      append_local_address(header, local);
    }
    if (run > 1) {
      append_control(header, IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(next.size));
    }
    first += run;
  }
}

std::size_t UdpSocket::count_sent(const Outgoing& outgoing, std::size_t message_count) {
  std::size_t datagram_count = 0;
  for (std::size_t i = 0; i < message_count; ++i) {
    const std::size_t run = outgoing.datagram_counts[i];
    datagram_count += run;
    if (run > 1) counters_.sent_as_segments += run;
    counters_.sent_bytes += outgoing.pieces[i].iov_len;
  }
  counters_.sent_datagrams += datagram_count;
  return datagram_count;
}

void UdpSocket::count_dropped(int cause, std::size_t datagram_count) {
  (cause == EMSGSIZE ? counters_.send_too_large : counters_.send_refused) += datagram_count;
}

}  // namespace pigeon::net
