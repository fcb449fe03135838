#include "tests/support/tcp_stream.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace pigeon::test {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Failure(what + ": " + std::strerror(errno));
}

sockaddr_in ipv4(const std::string& address, std::uint16_t port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &place.sin_addr) != 1) throw Failure("bad address");
  return place;
}

void set_option(int socket, int level, int name, int value) {
  if (::setsockopt(socket, level, name, &value, sizeof value) != 0) fail("setsockopt");
}

bool is_pending(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

void wait_ready(int descriptor, short events, Deadline deadline) {
  pollfd watched{.fd = descriptor, .events = events, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&watched, 1, deadline.poll_ms());
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) fail("poll");
  if (ready == 0) {
    throw Failure(events == POLLIN ? "nothing came in time" : "the other end does not read");
  }
}

TcpStream::TcpStream(const Route& route, Deadline deadline)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const int socket = socket_.number();
  if (socket < 0) fail("socket");
  if (route.receive_buffer > 0) set_option(socket, SOL_SOCKET, SO_RCVBUF, route.receive_buffer);
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  // The port is chosen by connect(2), or 32,768 connections would be all that a machine can make.
  set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  const sockaddr_in source = ipv4(route.source, 0);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) fail("bind");
  const sockaddr_in target = ipv4("127.0.0.1", route.port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0) return;
  if (errno != EINPROGRESS) fail("connect");
  wait_ready(socket, POLLOUT, deadline);
  socklen_t size = sizeof errno;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &errno, &size);
  if (errno != 0) fail("connect");
}

bool TcpStream::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (is_pending(errno)) {
      wait_ready(descriptor(), POLLOUT, deadline);
    } else {
      return false;
    }
  }
  return true;
}

std::string TcpStream::receive(Deadline deadline) {
  std::array<char, 65'536> buffer;  // NOLINT(*-member-init): large, and written by recv
  for (;;) {
    const ssize_t size = ::recv(descriptor(), buffer.data(), buffer.size(), 0);
    if (size >= 0) return {buffer.data(), static_cast<std::size_t>(size)};
    if (!is_pending(errno)) return {};
    wait_ready(descriptor(), POLLIN, deadline);
  }
}

void TcpStream::shutdown_send() const { ::shutdown(descriptor(), SHUT_WR); }

void TcpStream::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_ = net::FileDescriptor();
}

}  // namespace pigeon::test
