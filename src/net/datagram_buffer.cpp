#include "net/datagram_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <netinet/in.h>
#include <netinet/udp.h>

#include "base/assert.hpp"
#include "net/system_address.hpp"

namespace pigeon::net {

namespace {

template <class T>
T value_of(const cmsghdr& control) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value{};
  if (control.cmsg_len >= CMSG_LEN(sizeof value)) {
    std::memcpy(&value, CMSG_DATA(&control), sizeof value);
  }
  return value;
}

IpAddress to_address(const in_pktinfo& info) {
  IpAddress::V4 bytes{};
  // Not `ipi_addr`: that may be a broadcast address, from which nothing can be answered.
  std::memcpy(bytes.data(), &info.ipi_spec_dst, bytes.size());
  return IpAddress(bytes);
}

IpAddress to_address(const in6_pktinfo& info) {
  IpAddress::V6 bytes{};
  std::memcpy(bytes.data(), &info.ipi6_addr, bytes.size());
  return IpAddress(bytes);
}

void read_control(const cmsghdr& control, DatagramBuffer::Message& message) {
  const auto is = [&](int level, int type) {
    return control.cmsg_level == level && control.cmsg_type == type;
  };
  if (is(IPPROTO_IP, IP_PKTINFO)) {
    message.local = to_address(value_of<in_pktinfo>(control));
  } else if (is(IPPROTO_IPV6, IPV6_PKTINFO)) {
    message.local = to_address(value_of<in6_pktinfo>(control));
  } else if (is(IPPROTO_UDP, UDP_GRO)) {
    message.segment_size = static_cast<std::size_t>(std::max(value_of<int>(control), 0));
  } else if (is(SOL_SOCKET, SO_RXQ_OVFL)) {
    message.dropped_count = value_of<std::uint32_t>(control);
  }
}

}  // namespace

DatagramBuffer::DatagramBuffer()
    : bytes_(std::make_unique_for_overwrite<Memory>()), headers_(std::make_unique<Headers>()) {}

int DatagramBuffer::read(int socket, const Layout& layout) {
  PIGEON_ASSERT(layout.message_size_max > 0);
  PIGEON_ASSERT(layout.message_size_max <= byte_count);
  datagrams_.clear();
  const std::size_t count =
      std::min({layout.message_count, message_count_max, byte_count / layout.message_size_max});
  for (std::size_t i = 0; i < count; ++i) {
    headers_->pieces[i] = {bytes_->data() + i * layout.message_size_max, layout.message_size_max};
    msghdr& header = headers_->messages[i].msg_hdr;
    header.msg_name = &headers_->remotes[i];
    header.msg_namelen = sizeof headers_->remotes[i];
    header.msg_iov = &headers_->pieces[i];
    header.msg_iovlen = 1;
    header.msg_control = headers_->controls[i].bytes.data();
    header.msg_controllen = sizeof headers_->controls[i].bytes;
    header.msg_flags = 0;
  }
  return ::recvmmsg(socket, headers_->messages.data(), static_cast<unsigned>(count), 0, nullptr);
}

DatagramBuffer::Message DatagramBuffer::message(std::size_t index) const {
  const mmsghdr& received = headers_->messages[index];
  const auto* start = static_cast<const std::uint8_t*>(headers_->pieces[index].iov_base);
  Message message{.remote = to_socket_address(headers_->remotes[index]),
                  .payload = BytesView(start, received.msg_len),
                  .truncated = (received.msg_hdr.msg_flags & MSG_TRUNC) != 0};
  // The macros want a header that is not const.
  msghdr header = received.msg_hdr;
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    read_control(*control, message);
  }
  return message;
}

}  // namespace pigeon::net
