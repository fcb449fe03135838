#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

/// RFC 8656 section 12: the numbers that a client may bind.
constexpr std::uint16_t channel_number_min = 0x4000;
constexpr std::uint16_t channel_number_max = 0x4fff;
/// Channel number and length.
constexpr std::size_t channel_data_header_size = 4;
constexpr std::size_t channel_data_payload_size_max = 0xffff;

/// What a message between client and server is, by its first byte (RFC 8656 section 12.4).
enum class TurnFrame : std::uint8_t { stun, channel_data, unknown };
TurnFrame classify(std::uint8_t first_byte);

/// Data of the peer that the channel is bound to.
struct ChannelData {
  std::uint16_t channel = 0;
  BytesView payload;
};

/// Reads a whole ChannelData message; bytes behind it are padding (RFC 8656 section 12.5). Nothing
/// if it is cut short or the number is none of a channel.
std::optional<ChannelData> decode_channel_data(BytesView message);

/// Writes a ChannelData message and says its size: with padding to a multiple of four on TCP,
/// without over UDP (RFC 8656 section 12.5). 0 if it does not fit.
std::size_t encode_channel_data(std::uint16_t channel, BytesView payload, TurnTransport transport,
                                MutableBytesView out);

}  // namespace pigeon::ice
