#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pigeon {

/// An IPv4 or IPv6 address without a port. IPv4 is kept in its IPv6-mapped form (RFC 4291 section
/// 2.5.5.2), so that one host is one address whichever kind of socket it came through.
class IpAddress {
 public:
  using V4 = std::array<std::uint8_t, 4>;
  using V6 = std::array<std::uint8_t, 16>;

  /// `::`.
  constexpr IpAddress() = default;
  /// In network order.
  constexpr explicit IpAddress(const V6& bytes) : bytes_(bytes) {}
  constexpr explicit IpAddress(const V4& bytes)
      : bytes_{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, bytes[0], bytes[1], bytes[2], bytes[3]} {}

  static constexpr IpAddress loopback_v4() { return IpAddress(V4{127, 0, 0, 1}); }
  static constexpr IpAddress loopback_v6() {
    return IpAddress(V6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }

  /// Reads `192.0.2.1` or `2001:db8::1` (RFC 4291 section 2.2), without brackets or a zone. Nothing
  /// for anything else.
  static std::optional<IpAddress> parse(std::string_view text);
  /// As in `192.0.2.1` or `2001:db8::1` (RFC 5952).
  std::string to_text() const;

  bool is_v4() const;
  /// 127.0.0.0/8 or `::1`.
  bool is_loopback() const;
  /// 169.254.0.0/16 or fe80::/10.
  bool is_link_local() const;
  /// `0.0.0.0` or `::`.
  bool is_unspecified() const;
  /// 224.0.0.0/4, 255.255.255.255 or ff00::/8: no address of one host.
  bool is_multicast() const;

  /// The part of it that one client has for itself: of IPv6 the first 64 bits, with zeros behind
  /// them, since every client has all addresses of these; of IPv4 the whole.
  IpAddress network() const;

  /// In network order; IPv4 in the last four.
  const V6& bytes() const { return bytes_; }
  /// The address of IPv4, in network order; `is_v4()` holds.
  V4 v4_bytes() const;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  V6 bytes_{};
};

}  // namespace pigeon
