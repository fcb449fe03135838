#pragma once

#include <sys/socket.h>

#include "base/socket_address.hpp"
#include "net/endpoint.hpp"

namespace pigeon::net {

// Between our addresses and those of the operating system.

/// The address in a `sockaddr_in` or `sockaddr_in6`; `::` for other families.
IpAddress to_ip_address(const sockaddr_storage& address);

/// Address and port in a `sockaddr_in` or `sockaddr_in6`; `::` and 0 for other families.
SocketAddress to_socket_address(const sockaddr_storage& address);

/// `sockaddr_in` for IPv4 and `sockaddr_in6` for IPv6.
Endpoint to_endpoint(const SocketAddress& address);

}  // namespace pigeon::net
