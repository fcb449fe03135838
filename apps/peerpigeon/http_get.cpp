#include "apps/peerpigeon/http_get.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

namespace peerpigeon {

namespace {

using pigeon::Result;
using pigeon::Unexpected;
using Clock = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = 65'536;

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int number() const { return descriptor_; }

 private:
  int descriptor_;
};

bool wait_for(int socket, short what, Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd watched{socket, what, 0};
  return left > 0 && ::poll(&watched, 1, static_cast<int>(left)) == 1;
}

/// Zero once the socket is connected, else an error number.
int connect_before(int socket, const addrinfo& address, Clock::time_point until) {
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_for(socket, POLLOUT, until)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

/// Sends the request and reads to the end; empty if that fails.
std::string exchange(int socket, std::string_view request, Clock::time_point until) {
  while (!request.empty()) {
    if (!wait_for(socket, POLLOUT, until)) return {};
    const ssize_t sent = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) return {};
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::string answer;
  std::array<char, 4096> buffer{};
  while (answer.size() < answer_bytes_max && wait_for(socket, POLLIN, until)) {
    const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) return size == 0 ? answer : std::string();
    answer.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return {};
}

}  // namespace

Result<std::string, std::string> get_over_http(const std::string& host, const std::string& port,
                                               const std::string& path,
                                               std::chrono::milliseconds time_max) {
  const std::string place = fmt::format("{}:{}", host, port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return Unexpected(fmt::format("{} cannot be found: {}", place, ::gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  const auto until = Clock::now() + time_max;
  int error = ETIMEDOUT;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const Socket socket(
        ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = socket.number() < 0 ? errno : connect_before(socket.number(), *address, until);
    if (error != 0) continue;
    const std::string answer = exchange(
        socket.number(),
        fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", path, place),
        until);
    const auto body = answer.find("\r\n\r\n");
    const bool is_known = answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 503");
    if (!is_known || body == std::string::npos) {
      return Unexpected(fmt::format("whatever listens at {} does not answer as a hub", place));
    }
    return answer.substr(body + 4);
  }
  return Unexpected(fmt::format("no hub is running at {}: {}", place, std::strerror(error)));
}

}  // namespace peerpigeon
