#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace pigeon::rtc {

/// The protocols that share a port.
enum class DatagramKind : std::uint8_t {
  stun,
  dtls,
  /// ChannelData of a TURN server.
  turn_channel,
  /// RTP or RTCP.
  media,
  /// None that WebRTC knows; also what is empty.
  unknown,
};

/// What a datagram claims to be by its first byte (RFC 7983 section 7, RFC 9443 section 3).
constexpr DatagramKind kind_of(BytesView datagram) {
  if (datagram.empty()) return DatagramKind::unknown;
  const std::uint8_t first = datagram.front();
  if (first <= 3) return DatagramKind::stun;
  if (first >= 20 && first <= 63) return DatagramKind::dtls;
  if (first >= 64 && first <= 79) return DatagramKind::turn_channel;
  if (first >= 128 && first <= 191) return DatagramKind::media;
  return DatagramKind::unknown;
}

}  // namespace pigeon::rtc
