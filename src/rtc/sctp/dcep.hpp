#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "pigeon/result.hpp"

namespace pigeon::sctp {

/// How long a channel tries to bring a message over (RFC 8832 section 5.1).
enum class Reliability : std::uint8_t {
  reliable = 0,
  /// Up to a number of retransmissions.
  limited_retransmissions = 1,
  /// Up to an age in milliseconds.
  limited_lifetime = 2,
};

/// Asks the other side to open a channel: DATA_CHANNEL_OPEN (RFC 8832 section 5.1).
struct DcepOpen {
  bool ordered = true;
  Reliability reliability = Reliability::reliable;
  /// Retransmissions or milliseconds; means nothing if reliable.
  std::uint32_t reliability_limit = 0;
  /// RFC 8831 section 6.4: 128 below normal, 256 normal, 512 high, 1024 extra high.
  std::uint16_t priority = 256;
  /// UTF-8 of up to 65,535 bytes each. The decoder does not check that it is UTF-8.
  std::string label;
  std::string protocol;
  friend bool operator==(const DcepOpen&, const DcepOpen&) = default;
};

/// Agrees: DATA_CHANNEL_ACK (RFC 8832 section 5.2).
struct DcepAck {
  friend bool operator==(const DcepAck&, const DcepAck&) = default;
};

using DcepMessage = std::variant<DcepOpen, DcepAck>;

/// Why a message with the PPID of DCEP means nothing.
enum class DcepError { unknown_message, unknown_channel_type, bad_size };

/// Decodes a whole message.
Result<DcepMessage, DcepError> decode_dcep(BytesView message);
/// Nothing if label or protocol exceed 65,535 bytes.
std::optional<Bytes> encode(const DcepOpen& open);
Bytes encode(const DcepAck& ack);

}  // namespace pigeon::sctp
