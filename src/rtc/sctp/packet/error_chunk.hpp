#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/tlv.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Why an ERROR or an ABORT was sent (RFC 9260 section 3.3.10).
enum class CauseCode : std::uint16_t {
  invalid_stream = 1,
  missing_parameter = 2,
  stale_cookie = 3,
  out_of_resource = 4,
  unresolvable_address = 5,
  unrecognized_chunk = 6,
  invalid_mandatory_parameter = 7,
  unrecognized_parameters = 8,
  no_user_data = 9,
  cookie_while_shutting_down = 10,
  restart_with_new_addresses = 11,
  user_initiated_abort = 12,
  protocol_violation = 13,
};

/// False if it does not fit.
[[nodiscard]] inline bool append(TlvWriter& causes, CauseCode code, BytesView value = {}) {
  return causes.append(static_cast<std::uint16_t>(code), value);
}
/// The reason in words, of `user_initiated_abort` and `protocol_violation`.
[[nodiscard]] inline bool append(TlvWriter& causes, CauseCode code, std::string_view text) {
  return append(causes, code, as_bytes(text));
}
/// The number of 32 bits in `stale_cookie` (microseconds too late) and `no_user_data` (the TSN).
[[nodiscard]] bool append_u32(TlvWriter& causes, CauseCode code, std::uint32_t value);
/// The stream in `invalid_stream`.
[[nodiscard]] bool append_invalid_stream(TlvWriter& causes, StreamId stream);

/// The first cause with a code; nothing if there is none.
inline std::optional<Tlv> find(const TlvList& causes, CauseCode code) {
  return causes.find(static_cast<std::uint16_t>(code));
}

/// ERROR or ABORT (RFC 9260 sections 3.3.10 and 3.3.7).
struct ErrorChunk {
  /// ABORT: the association is over.
  bool abort = false;
  /// Of ABORT only: the verification tag is the sender's own (section 8.5.1).
  bool tag_reflected = false;
  TlvList causes;
};

/// Nothing if the chunk is neither ERROR nor ABORT or a cause is malformed. An ABORT counts
/// whatever its causes are, so that malformed causes are left out there.
std::optional<ErrorChunk> decode_error(const Chunk& chunk);
/// False if it does not fit.
[[nodiscard]] bool encode(const ErrorChunk& chunk, PacketWriter& packet);

}  // namespace pigeon::sctp
