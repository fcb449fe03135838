#include "net/listening_socket.hpp"

#include <cerrno>
#include <cstring>
#include <optional>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "net/system_address.hpp"

namespace pigeon::net {

namespace {

/// The system cuts it to what it allows (net.core.somaxconn).
constexpr int backlog = 4'096;

bool enable(const FileDescriptor& socket, int level, int option, int value = 1) {
  return ::setsockopt(socket.number(), level, option, &value, sizeof value) == 0;
}

std::string describe(const std::string& host, std::uint16_t port) {
  return "Port " + std::to_string(port) + " on " + host;
}

std::string bind_failure(const std::string& host, std::uint16_t port, int cause) {
  switch (cause) {
    case EADDRINUSE:
      return describe(host, port) +
             " is taken by another program. Stop it or choose another port with --port.";
    case EACCES:
      return describe(host, port) +
             " may only be opened by privileged users. Choose a port from 1024 on with --port.";
    case EADDRNOTAVAIL:
      return "The address " + host +
             " belongs to no network interface of this machine. Choose another with --host.";
    default:
      return describe(host, port) + " cannot be opened: " + std::strerror(cause) + ".";
  }
}

/// Listens at one address for every loop. Port 0 of the endpoint becomes the chosen port.
std::optional<std::string> open_address(const std::string& host, Endpoint& endpoint,
                                        ListeningSockets& opened) {
  const std::string address = to_ip_address(endpoint.address).to_text();
  const auto claim = [&](std::uint16_t port) {
    auto taken = PortClaim::take(address, port);
    if (!taken) return false;
    opened.claims.push_back(*std::move(taken));
    return true;
  };
  const auto claimed_by_another = [&] {
    return describe(host, endpoint.port()) +
           " is taken by another hub. Stop it or choose another port with --port.";
  };
  const bool chooses = endpoint.port() == 0;
  if (!chooses && !claim(endpoint.port())) return claimed_by_another();
  for (std::vector<FileDescriptor>& sockets : opened.of_loops) {
    auto socket = listen_on(endpoint);
    if (!socket) return bind_failure(host, endpoint.port(), socket.error());
    if (endpoint.port() == 0) endpoint = local_endpoint(*socket);
    sockets.push_back(*std::move(socket));
  }
  if (chooses && !claim(endpoint.port())) return claimed_by_another();
  return std::nullopt;
}

}  // namespace

Result<FileDescriptor, int> listen_on(const Endpoint& endpoint) {
  const int family = endpoint.address.ss_family;
  FileDescriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return Unexpected(errno);
  const bool takes_v4_too = to_ip_address(endpoint.address) == IpAddress() && family == AF_INET6;
  const bool configured =
      enable(socket, SOL_SOCKET, SO_REUSEADDR) && enable(socket, SOL_SOCKET, SO_REUSEPORT) &&
      enable(socket, IPPROTO_TCP, TCP_NODELAY) &&
      (family != AF_INET6 || enable(socket, IPPROTO_IPV6, IPV6_V6ONLY, takes_v4_too ? 0 : 1));
  if (!configured) return Unexpected(errno);
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  if (::bind(socket.number(), address, endpoint.size) != 0) return Unexpected(errno);
  if (::listen(socket.number(), backlog) != 0) return Unexpected(errno);
  return socket;
}

Endpoint local_endpoint(const FileDescriptor& socket) {
  Endpoint endpoint;
  endpoint.size = sizeof endpoint.address;
  ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.size);
  return endpoint;
}

Result<ListeningSockets, std::string> open_listening_sockets(const std::string& host,
                                                             std::uint16_t port,
                                                             std::size_t loop_count) {
  auto endpoints = resolve(host, port);
  if (!endpoints) {
    return Unexpected("The host " + host + " cannot be resolved: " + endpoints.error() +
                      ". Give an address of this machine or a name that stands for one.");
  }
  ListeningSockets opened;
  opened.port = port;
  opened.of_loops.resize(loop_count);
  for (Endpoint& endpoint : *endpoints) {
    // Every address of a name gets the port that was chosen for its first.
    endpoint.set_port(opened.port);
    if (const auto failure = open_address(host, endpoint, opened)) return Unexpected(*failure);
    opened.port = endpoint.port();
  }
  return opened;
}

}  // namespace pigeon::net
