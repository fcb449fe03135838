#include "bench/load/connection.hpp"

#include <cerrno>
#include <climits>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace pigeon::bench {
namespace {

sockaddr_in loopback(unsigned last_byte, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(0x7f000000U | last_byte);
  return address;
}

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

Transfer socket_result(ssize_t result) {
  if (result > 0) return {.bytes = static_cast<std::size_t>(result)};
  const bool blocked = result < 0 && (errno == EAGAIN || errno == EINTR);
  return {.end = blocked ? Transfer::End::blocked : Transfer::End::closed};
}

int int_size(std::size_t size) { return static_cast<int>(size < INT_MAX ? size : INT_MAX); }

}  // namespace

Connection::Connection(std::uint16_t port, unsigned source, int receive_buffer, SSL_CTX* tls)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  if (receive_buffer > 0) set_option(fd_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  const sockaddr_in from = loopback(source, 0);
  const sockaddr_in to = loopback(1, port);
  // If it fails, any other source address does.
  (void)::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  const int result = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (result != 0 && errno != EINPROGRESS) {
    const int error = errno;
    ::close(std::exchange(fd_, -1));
    throw std::runtime_error(std::string("connect: ") + std::strerror(error));
  }
  if (tls == nullptr) return;
  session_.reset(SSL_new(tls));
  SSL_set_fd(session_.get(), fd_);
  SSL_set_connect_state(session_.get());
}

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      wants_write_(other.wants_write_),
      session_(std::move(other.session_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(wants_write_, other.wants_write_);
  std::swap(session_, other.session_);
  return *this;
}

Connection::~Connection() {
  if (fd_ >= 0) ::close(fd_);
}

bool Connection::establish() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) throw std::runtime_error(std::string("connect: ") + std::strerror(error));
  wants_write_ = false;
  if (!session_) return true;
  ERR_clear_error();
  const int result = SSL_do_handshake(session_.get());
  if (result == 1) return true;
  if (tls_result(result).end == Transfer::End::closed) {
    throw std::runtime_error("the TLS handshake failed");
  }
  return false;
}

Transfer Connection::read(char* to, std::size_t size) {
  if (!session_) return socket_result(::recv(fd_, to, size, 0));
  ERR_clear_error();
  return tls_result(SSL_read(session_.get(), to, int_size(size)));
}

Transfer Connection::write(const char* from, std::size_t size) {
  if (!session_) return socket_result(::send(fd_, from, size, MSG_NOSIGNAL));
  ERR_clear_error();
  return tls_result(SSL_write(session_.get(), from, int_size(size)));
}

Transfer Connection::tls_result(int result) {
  if (result > 0) return {.bytes = static_cast<std::size_t>(result)};
  const int error = SSL_get_error(session_.get(), result);
  wants_write_ = error == SSL_ERROR_WANT_WRITE;
  if (error == SSL_ERROR_WANT_READ || wants_write_) return {.end = Transfer::End::blocked};
  return {.end = Transfer::End::closed};
}

}  // namespace pigeon::bench
