#include "net/port_claim.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace pigeon::net {

std::optional<PortClaim> PortClaim::take(std::string_view address, std::uint16_t port) {
  std::string name("\0pigeonhub:", 11);
  name.append(address).append(":").append(std::to_string(port));

  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  const std::size_t length = std::min(name.size(), sizeof place.sun_path);
  std::copy_n(name.begin(), length, place.sun_path);

  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&place), size) != 0) {
    return std::nullopt;
  }
  return PortClaim(std::move(socket));
}

}  // namespace pigeon::net
