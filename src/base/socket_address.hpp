#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/ip_address.hpp"

namespace pigeon {

/// Where datagrams come from and go to: an IP address and a port.
struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  /// As in `192.0.2.1:80` or `[2001:db8::1]:80`.
  std::string to_text() const {
    const std::string address = ip.is_v4() ? ip.to_text() : '[' + ip.to_text() + ']';
    return address + ':' + std::to_string(port);
  }

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
  friend constexpr auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

/// The two ends of a datagram, as seen from here.
struct AddressPair {
  SocketAddress local;
  SocketAddress remote;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
  friend constexpr auto operator<=>(const AddressPair&, const AddressPair&) = default;
};

}  // namespace pigeon
