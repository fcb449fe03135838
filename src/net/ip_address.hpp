#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/socket.h>

namespace pigeon::net {

/// An IPv4 or IPv6 address without a port. IPv4 is kept in its IPv6-mapped form, so that one client
/// is one address whichever kind of socket it came through.
class IpAddress {
 public:
  /// `::`.
  IpAddress() = default;

  /// The address in a `sockaddr_in` or `sockaddr_in6`; `::` for other families.
  static IpAddress from_system(const sockaddr_storage& address);

  /// As in `192.0.2.1` or `2001:db8::1`.
  std::string to_text() const;

  /// The part of it that one client has for itself: of IPv6 the first 64 bits, with zeros behind
  /// them, since every client has all addresses of these; of IPv4 the whole.
  IpAddress network() const;

  /// In network order.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  bool is_mapped_v4() const;

  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace pigeon::net
