#include "rtc/ice/turn/channel_data.hpp"

#include <algorithm>

namespace pigeon::ice {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-------------------------------+-------------------------------+
// |        Channel number         |  Length (without the padding) |
// +-------------------------------+-------------------------------+
// |  Application data, then on a stream padding to four bytes     |
// +---------------------------------------------------------------+

TurnFrame classify(std::uint8_t first_byte) {
  if (first_byte < 0x40) return TurnFrame::stun;
  if (first_byte >= channel_number_min >> 8U && first_byte <= channel_number_max >> 8U) {
    return TurnFrame::channel_data;
  }
  return TurnFrame::unknown;
}

std::optional<ChannelData> decode_channel_data(BytesView message) {
  if (message.size() < channel_data_header_size) return std::nullopt;
  if (classify(message[0]) != TurnFrame::channel_data) return std::nullopt;
  const auto channel = static_cast<std::uint16_t>(message[0] << 8U | message[1]);
  const auto length = static_cast<std::size_t>(message[2] << 8U | message[3]);
  const BytesView rest = message.subspan(channel_data_header_size);
  if (length > rest.size()) return std::nullopt;
  return ChannelData{channel, rest.first(length)};
}

std::size_t encode_channel_data(std::uint16_t channel, BytesView payload, TurnTransport transport,
                                MutableBytesView out) {
  if (payload.size() > channel_data_payload_size_max) return 0;
  const std::size_t unpadded = channel_data_header_size + payload.size();
  const std::size_t padding = transport == TurnTransport::tcp ? (4 - unpadded % 4) % 4 : 0;
  if (unpadded + padding > out.size()) return 0;
  out[0] = static_cast<std::uint8_t>(channel >> 8U);
  out[1] = static_cast<std::uint8_t>(channel);
  out[2] = static_cast<std::uint8_t>(payload.size() >> 8U);
  out[3] = static_cast<std::uint8_t>(payload.size());
  std::copy(payload.begin(), payload.end(), out.begin() + channel_data_header_size);
  std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(unpadded), padding, std::uint8_t{0});
  return unpadded + padding;
}

}  // namespace pigeon::ice
