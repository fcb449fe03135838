#include "net/socket_io.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace pigeon::net {

namespace {
bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
}  // namespace

IoResult receive(int socket, MutableBytesView out) {
  const ssize_t count = ::recv(socket, out.data(), out.size(), 0);
  if (count > 0) return {IoStatus::done, static_cast<std::size_t>(count)};
  if (count == 0) return {IoStatus::ended};
  return {would_block() ? IoStatus::wants_read : IoStatus::failed};
}

IoResult send(int socket, std::span<iovec> pieces) {
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  const ssize_t count = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  if (count >= 0) return {IoStatus::done, static_cast<std::size_t>(count)};
  return {would_block() ? IoStatus::wants_write : IoStatus::failed};
}

void reset_on_close(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace pigeon::net
