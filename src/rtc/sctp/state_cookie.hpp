#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "rtc/sctp/handshake.hpp"

namespace pigeon::sctp {

/// All that is needed to begin an association, carried by the peer instead of kept here (RFC 9260
/// section 5.1.3).
struct StateCookie {
  /// This side as its INIT-ACK described it.
  std::uint32_t local_tag = 0;
  WireTsn local_tsn = 0;
  PeerDescription peer;
  /// Tags of the association that existed when the cookie was made, 0 without one (section 5.2.2).
  std::uint32_t tie_local = 0;
  std::uint32_t tie_peer = 0;
  Instant created{};
  friend bool operator==(const StateCookie&, const StateCookie&) = default;
};

/// Seals cookies with a key of its own, and opens only those.
class CookieSeal {
 public:
  /// Small, so that an INIT-ACK stays below three times the smallest INIT.
  static constexpr std::size_t sealed_size = 53;
  using Sealed = std::array<std::uint8_t, sealed_size>;

  explicit CookieSeal(Random& random) { random.fill(key_); }

  Sealed seal(const StateCookie& cookie) const;
  /// Nothing if it was not made here. `now` tells which of the moments with the same low bits it
  /// was made at: cookies older than 49 days are not recognized as such.
  std::optional<StateCookie> open(BytesView sealed, Instant now) const;

 private:
  using Code = std::array<std::uint8_t, 16>;
  Code code_of(BytesView content) const;

  std::array<std::uint8_t, 32> key_{};
};

}  // namespace pigeon::sctp
