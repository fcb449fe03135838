#include "rtc/sctp/dcep.hpp"

#include <cstddef>

#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::uint8_t ack_type = 0x02;
constexpr std::uint8_t open_type = 0x03;
constexpr std::uint8_t unordered_bit = 0x80;
constexpr std::size_t open_header_size = 12;
constexpr std::size_t text_bytes_max = 0xffff;

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   |   type = 3    | channel type  |           priority            |
//   +---------------+---------------+-------------------------------+
//   |                       reliability limit                       |
//   +-------------------------------+-------------------------------+
//   |        length of label        |      length of protocol       |
//   +-------------------------------+-------------------------------+
//   |  label, then protocol                                         |
//   +---------------------------------------------------------------+
Result<DcepMessage, DcepError> decode_open(BytesView message) {
  if (message.size() < open_header_size) return Unexpected(DcepError::bad_size);
  const std::uint8_t* const at = message.data();
  const auto reliability = static_cast<std::uint8_t>(at[1] & ~unordered_bit);
  if (reliability > static_cast<std::uint8_t>(Reliability::limited_lifetime)) {
    return Unexpected(DcepError::unknown_channel_type);
  }
  const std::size_t label_size = load_u16(at + 8);
  const std::size_t protocol_size = load_u16(at + 10);
  if (message.size() != open_header_size + label_size + protocol_size) {
    return Unexpected(DcepError::bad_size);
  }
  const BytesView texts = message.subspan(open_header_size);
  return DcepMessage(DcepOpen{.ordered = (at[1] & unordered_bit) == 0,
                              .reliability = Reliability{reliability},
                              .reliability_limit = load_u32(at + 4),
                              .priority = load_u16(at + 2),
                              .label = std::string(as_text(texts.first(label_size))),
                              .protocol = std::string(as_text(texts.subspan(label_size)))});
}

}  // namespace

Result<DcepMessage, DcepError> decode_dcep(BytesView message) {
  if (message.empty()) return Unexpected(DcepError::bad_size);
  if (message[0] == open_type) return decode_open(message);
  if (message[0] != ack_type) return Unexpected(DcepError::unknown_message);
  if (message.size() != 1) return Unexpected(DcepError::bad_size);
  return DcepMessage(DcepAck{});
}

std::optional<Bytes> encode(const DcepOpen& open) {
  if (open.label.size() > text_bytes_max || open.protocol.size() > text_bytes_max) {
    return std::nullopt;
  }
  Bytes message(open_header_size);
  message.reserve(open_header_size + open.label.size() + open.protocol.size());
  message[0] = open_type;
  message[1] = static_cast<std::uint8_t>(static_cast<unsigned>(open.reliability) |
                                         (open.ordered ? 0U : unordered_bit));
  store_u16(message.data() + 2, open.priority);
  store_u32(message.data() + 4, open.reliability_limit);
  store_u16(message.data() + 8, static_cast<std::uint16_t>(open.label.size()));
  store_u16(message.data() + 10, static_cast<std::uint16_t>(open.protocol.size()));
  message.insert(message.end(), open.label.begin(), open.label.end());
  message.insert(message.end(), open.protocol.begin(), open.protocol.end());
  return message;
}

Bytes encode(const DcepAck& /*ack*/) { return {ack_type}; }

}  // namespace pigeon::sctp
