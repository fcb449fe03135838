#pragma once

#include <string>
#include <vector>

#include "base/ip_address.hpp"

namespace pigeon::net {

/// An address of this machine.
struct InterfaceAddress {
  IpAddress address;
  /// As in `eth0`.
  std::string interface;
  bool is_loopback = false;
  /// Means something only together with the interface.
  bool is_link_local = false;

  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};

/// The addresses of the interfaces that are up, each once per interface, ordered by the system's
/// number of the interface and then by address, IPv6 last: what host candidates are made of
/// (RFC 8445 section 5.1.1.1). Empty if the system does not tell.
std::vector<InterfaceAddress> interface_addresses();

}  // namespace pigeon::net
