#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace pigeon::net::websocket {

/// What a frame carries (RFC 6455 section 5.2). The other values are reserved.
enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Why a connection is closed: RFC 6455 section 7.4 and the registry of the IANA. A value of 3000
/// to 4999 belongs to applications and is made by a cast.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  /// Stands for a close frame without a code; never on the wire.
  no_status = 1005,
  /// Stands for an end without a close frame; never on the wire.
  abnormal = 1006,
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  mandatory_extension = 1010,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
  bad_gateway = 1014,
};

/// True if a close frame may carry the code: 1000 to 1003, 1007 to 1014 and 3000 to 4999.
bool may_be_sent(CloseCode code);

/// The largest payload of a close, ping or pong frame (RFC 6455 section 5.5).
inline constexpr std::size_t control_payload_bytes_max = 125;
/// The largest header: two bytes, a length of eight bytes, a masking key.
inline constexpr std::size_t header_bytes_max = 14;

/// The key with which a client masks one frame; to be drawn anew for each from `Random`, so that
/// the application behind it cannot foresee the bytes on the wire (RFC 6455 section 10.3).
using MaskKey = std::array<std::uint8_t, 4>;

/// Masks or unmasks in place. `offset` is the position in the frame's payload of the first byte.
void apply_mask(MutableBytesView bytes, const MaskKey& key, std::size_t offset = 0);

/// The bytes that precede a payload, to be sent with it in one gathering write.
struct FrameHeader {
  std::array<std::uint8_t, header_bytes_max> bytes;
  std::size_t size;

  BytesView view() const { return BytesView(bytes).first(size); }
};

/// Makes the header of a frame of `payload_bytes` (below 2^63). With a `mask` (a client's frames)
/// the caller masks the payload by `apply_mask`. `final` is false for all but the last fragment.
FrameHeader encode_header(Opcode opcode, std::uint64_t payload_bytes,
                          const std::optional<MaskKey>& mask = std::nullopt, bool final = true);

/// A whole close, ping or pong frame.
struct ControlFrame {
  std::array<std::uint8_t, 2 + sizeof(MaskKey) + control_payload_bytes_max> bytes;
  std::size_t size;

  BytesView view() const { return BytesView(bytes).first(size); }
};

/// A close frame. The code is one that `may_be_sent`, or none, which is how a close without a code
/// is answered; then the reason is dropped. A reason (UTF-8) longer than 123 bytes is cut between
/// characters.
ControlFrame encode_close(std::optional<CloseCode> code, std::string_view reason = {},
                          const std::optional<MaskKey>& mask = std::nullopt);

/// A ping frame with a payload of up to 125 bytes.
ControlFrame encode_ping(BytesView payload, const std::optional<MaskKey>& mask = std::nullopt);

/// A pong frame; its payload is that of the ping it answers.
ControlFrame encode_pong(BytesView payload, const std::optional<MaskKey>& mask = std::nullopt);

}  // namespace pigeon::net::websocket
