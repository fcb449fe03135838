#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "net/file_descriptor.hpp"
#include "net/port_claim.hpp"
#include "pigeon/result.hpp"

namespace pigeon::net {

/// A non-blocking TCP socket that listens, sharing its port (SO_REUSEPORT) with others of this user
/// so that each event loop can have its own. `::` takes IPv4 too; accepted sockets have
/// TCP_NODELAY. The error is the system's number.
Result<FileDescriptor, int> listen_on(const Endpoint& endpoint);

/// The endpoint that a socket is bound to.
Endpoint local_endpoint(const FileDescriptor& socket);

/// The sockets through which one server is reached.
struct ListeningSockets {
  /// Held against other servers on the same port.
  std::vector<PortClaim> claims;
  /// For each event loop, one for each address.
  std::vector<std::vector<FileDescriptor>> of_loops;
  std::uint16_t port = 0;
};

/// Listens on every address that `host` stands for, for so many loops; port 0 lets the system
/// choose. The error is a sentence with the cause and the next step.
Result<ListeningSockets, std::string> open_listening_sockets(const std::string& host,
                                                             std::uint16_t port,
                                                             std::size_t loop_count);

}  // namespace pigeon::net
