#include "tests/support/closed_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/support/deadline.hpp"

namespace pigeon::test {

ClosedPort::ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const address = reinterpret_cast<sockaddr*>(&place);
  socklen_t size = sizeof place;
  // Bound, so that it belongs to us, and never made to listen.
  if (::bind(socket_.number(), address, size) != 0 ||
      ::getsockname(socket_.number(), address, &size) != 0) {
    throw Failure("no port can be had");
  }
  number_ = ntohs(place.sin_port);
}

}  // namespace pigeon::test
