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

/// The name of a claim in the abstract namespace.
struct Place {
  Place(std::string_view address, const std::string& port_text) {
    std::string name(1, '\0');
    name.append(mark).append(address).append(":").append(port_text);
    const std::size_t length = std::min(name.size(), sizeof socket_address.sun_path);
    socket_address.sun_family = AF_UNIX;
    std::copy_n(name.begin(), length, socket_address.sun_path);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&socket_address); }

  sockaddr_un socket_address{};
  socklen_t size = 0;
};

FileDescriptor open_socket() {
  return FileDescriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

}  // namespace

std::optional<PortClaim> PortClaim::take(std::string_view address, std::uint16_t port) {
  const std::string port_text = std::to_string(port);
  const Place place(address, port_text);
  FileDescriptor socket = open_socket();
  if (::bind(socket.number(), place.get(), place.size) != 0) return std::nullopt;
  if (is_overlapped(address, port_text)) return std::nullopt;
  return PortClaim(std::move(socket), address, port);
}

bool PortClaim::is_taken_over() const {
  if (socket_.is_open()) return false;
  const std::string port_text = std::to_string(port_);
  const Place place(address_, port_text);
  // Only to look: to bind it, even for a moment, would keep the other one out.
  const FileDescriptor socket = open_socket();
  if (::connect(socket.number(), place.get(), place.size) == 0) return true;
  return is_overlapped(address_, port_text);
}

}  // namespace pigeon::net
