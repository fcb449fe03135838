#include "net/port_claim.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace pigeon::net {

namespace {

constexpr std::string_view mark = "pigeonhub:";

/// Whether sockets at both addresses would share connections: 0.0.0.0 stands for every address of
/// IPv4, :: for every address.
bool overlap(std::string_view a, std::string_view b) {
  const auto covers = [](std::string_view wide, std::string_view other) {
    return wide == other || wide == "::" ||
           (wide == "0.0.0.0" && other.find(':') == std::string_view::npos);
  };
  return covers(a, b) || covers(b, a);
}

/// Whether a claim of another address, one that overlaps, is held. Linux lists the sockets of the
/// abstract namespace with @ for their first byte, which is 0.
bool is_overlapped(std::string_view address, std::string_view port_text) {
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    const std::size_t at = line.find("@" + std::string(mark));
    if (at == std::string::npos) continue;
    const std::string_view claim = std::string_view(line).substr(at + 1 + mark.size());
    const std::size_t colon = claim.rfind(':');
    if (colon == std::string_view::npos || claim.substr(colon + 1) != port_text) continue;
    const std::string_view other = claim.substr(0, colon);
    if (other != address && overlap(other, address)) return true;
  }
  return false;
}

}  // namespace

std::optional<PortClaim> PortClaim::take(std::string_view address, std::uint16_t port) {
  const std::string port_text = std::to_string(port);
  std::string name(1, '\0');
  name.append(mark).append(address).append(":").append(port_text);

  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  const std::size_t length = std::min(name.size(), sizeof place.sun_path);
  std::copy_n(name.begin(), length, place.sun_path);

  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&place), size) != 0) {
    return std::nullopt;
  }
  if (is_overlapped(address, port_text)) return std::nullopt;
  return PortClaim(std::move(socket));
}

}  // namespace pigeon::net
