#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace pigeon::sctp {

/// What a chunk is (the registry of RFC 9260 section 15.1). Others arrive as well.
enum class ChunkType : std::uint8_t {
  data = 0,
  init = 1,
  init_ack = 2,
  sack = 3,
  heartbeat = 4,
  heartbeat_ack = 5,
  abort = 6,
  shutdown = 7,
  shutdown_ack = 8,
  error = 9,
  cookie_echo = 10,
  cookie_ack = 11,
  shutdown_complete = 14,
  /// RFC 8260 section 2.1.
  i_data = 0x40,
  /// RFC 6525 section 3.1.
  re_config = 0x82,
  /// RFC 4820 section 3.
  pad = 0x84,
  /// RFC 3758 section 3.2.
  forward_tsn = 0xc0,
  /// RFC 8260 section 2.3.1.
  i_forward_tsn = 0xc2,
};

/// Flag of ABORT and SHUTDOWN-COMPLETE: the verification tag is the sender's own, reflected (RFC
/// 9260 section 8.5.1).
inline constexpr std::uint8_t tag_reflected_flag = 0x01;

/// What to do about a chunk or parameter that is not known. Its two highest bits say it (RFC 9260
/// sections 3.2 and 3.2.1).
struct UnknownRule {
  /// Leave out the rest of the packet or chunk, too.
  bool stop = false;
  /// Send it back, in an ERROR or as an unrecognized parameter.
  bool report = false;
  friend bool operator==(const UnknownRule&, const UnknownRule&) = default;
};

/// The rule for an unknown chunk.
constexpr UnknownRule unknown_rule(ChunkType type) {
  const auto bits = static_cast<std::uint8_t>(type);
  return {.stop = (bits & 0x80U) == 0, .report = (bits & 0x40U) != 0};
}

/// One chunk of a received packet, where it lies there.
struct Chunk {
  ChunkType type = ChunkType::data;
  std::uint8_t flags = 0;
  /// Without header and padding.
  BytesView value;
  /// Header and value, to be sent back if the type is unknown.
  BytesView whole;
};

}  // namespace pigeon::sctp
