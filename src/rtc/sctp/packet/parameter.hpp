#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

/// Parameters of INIT, INIT-ACK, HEARTBEAT and RE-CONFIG that are understood here. Others arrive as
/// well, and `unknown_rule` says what to do.
enum class ParameterType : std::uint16_t {
  heartbeat_info = 1,
  /// Addresses. DTLS knows none (RFC 8261 section 6), so they are passed over.
  ipv4_address = 5,
  ipv6_address = 6,
  state_cookie = 7,
  unrecognized_parameter = 8,
  cookie_preservative = 9,
  supported_address_types = 12,
  // RFC 6525 section 4.
  outgoing_reset_request = 13,
  incoming_reset_request = 14,
  association_reset_request = 15,
  reconfiguration_response = 16,
  add_outgoing_streams_request = 17,
  add_incoming_streams_request = 18,
  /// RFC 9653 section 4.
  zero_checksum_acceptable = 0x8001,
  /// RFC 5061 section 4.2.7.
  supported_extensions = 0x8008,
  /// RFC 3758 section 3.1.
  forward_tsn_supported = 0xc000,
};

/// Zero checksums because of DTLS, in `zero_checksum_acceptable` (RFC 9653 section 8).
inline constexpr std::uint32_t error_detection_by_dtls = 1;

/// The rule for a parameter that is not known.
constexpr UnknownRule unknown_rule(ParameterType type) {
  const auto bits = static_cast<std::uint16_t>(type);
  return {.stop = (bits & 0x8000U) == 0, .report = (bits & 0x4000U) != 0};
}

/// The first parameter of a type; nothing if there is none.
inline std::optional<Tlv> find(const TlvList& list, ParameterType type) {
  return list.find(static_cast<std::uint16_t>(type));
}

/// False if it does not fit.
[[nodiscard]] inline bool append(TlvWriter& list, ParameterType type, BytesView value = {}) {
  return list.append(static_cast<std::uint16_t>(type), value);
}
/// A parameter whose value is one number of 32 bits.
[[nodiscard]] bool append_u32(TlvWriter& list, ParameterType type, std::uint32_t value);
/// The chunk types beyond RFC 9260 that this side understands.
[[nodiscard]] bool append_extensions(TlvWriter& list, std::span<const ChunkType> types);

/// The number in a parameter of 32 bits; nothing if its value has another size.
std::optional<std::uint32_t> decode_u32(const Tlv& parameter);
/// Whether a list of supported extensions names a chunk type.
bool has_extension(const TlvList& list, ChunkType type);

}  // namespace pigeon::sctp
