#include "net/websocket/frame.hpp"

#include <algorithm>
#include <cstring>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "net/websocket/frame_layout.hpp"

namespace pigeon::net::websocket {

namespace {

constexpr std::size_t close_reason_bytes_max = control_payload_bytes_max - 2;

/// Appends the lowest `count` bytes of a number in network byte order.
void append_number(FrameHeader& header, std::uint64_t number, std::size_t count) {
  for (std::size_t i = count; i > 0; --i) {
    header.bytes[header.size++] = static_cast<std::uint8_t>(number >> (8 * (i - 1)));
  }
}

ControlFrame encode_control(Opcode opcode, BytesView payload, const std::optional<MaskKey>& mask) {
  PIGEON_ASSERT(payload.size() <= control_payload_bytes_max);
  const FrameHeader header = encode_header(opcode, payload.size(), mask);
  ControlFrame frame{};
  frame.size = header.size + payload.size();
  std::ranges::copy(header.view(), frame.bytes.begin());
  const MutableBytesView body = MutableBytesView(frame.bytes).subspan(header.size, payload.size());
  std::ranges::copy(payload, body.begin());
  if (mask) apply_mask(body, *mask);
  return frame;
}

}  // namespace

bool may_be_sent(CloseCode code) {
  const auto number = static_cast<std::uint16_t>(code);
  return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014) ||
         (number >= 3000 && number <= 4999);
}

void apply_mask(MutableBytesView bytes, const MaskKey& key, std::size_t offset) {
  using Block = std::array<std::uint64_t, 4>;
  std::array<std::uint8_t, 8> pattern{};
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = key[(offset + i) % key.size()];
  std::uint64_t word_key = 0;
  std::memcpy(&word_key, pattern.data(), sizeof word_key);

  while (bytes.size() >= sizeof(Block)) {
    Block block;
    std::memcpy(block.data(), bytes.data(), sizeof block);
    for (std::uint64_t& word : block) word ^= word_key;
    std::memcpy(bytes.data(), block.data(), sizeof block);
    bytes = bytes.subspan(sizeof block);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= pattern[i % pattern.size()];
}

FrameHeader encode_header(Opcode opcode, std::uint64_t payload_bytes,
                          const std::optional<MaskKey>& mask, bool final) {
  PIGEON_ASSERT(payload_bytes >> 63U == 0);
  const std::uint8_t masked = mask ? mask_bit : std::uint8_t{0};
  FrameHeader header{};
  header.bytes[0] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(opcode) |
                                              (final ? final_bit : std::uint8_t{0}));
  header.size = 2;
  // RFC 6455 section 5.2: the shortest of the three forms is the only allowed one.
  if (payload_bytes < length_follows_in_2) {
    header.bytes[1] = static_cast<std::uint8_t>(masked | payload_bytes);
  } else if (payload_bytes <= 0xffff) {
    header.bytes[1] = masked | length_follows_in_2;
    append_number(header, payload_bytes, 2);
  } else {
    header.bytes[1] = masked | length_follows_in_8;
    append_number(header, payload_bytes, 8);
  }
  if (mask) {
    for (const std::uint8_t byte : *mask) header.bytes[header.size++] = byte;
  }
  return header;
}

ControlFrame encode_close(std::optional<CloseCode> code, std::string_view reason,
                          const std::optional<MaskKey>& mask) {
  if (!code) return encode_control(Opcode::close, {}, mask);
  PIGEON_ASSERT(may_be_sent(*code));
  const auto number = static_cast<std::uint16_t>(*code);
  const BytesView text = as_bytes(first_bytes(reason, close_reason_bytes_max));
  std::array<std::uint8_t, control_payload_bytes_max> payload{};
  payload[0] = static_cast<std::uint8_t>(number >> 8U);
  payload[1] = static_cast<std::uint8_t>(number & 0xffU);
  std::ranges::copy(text, payload.begin() + 2);
  return encode_control(Opcode::close, BytesView(payload).first(2 + text.size()), mask);
}

ControlFrame encode_ping(BytesView payload, const std::optional<MaskKey>& mask) {
  return encode_control(Opcode::ping, payload, mask);
}

ControlFrame encode_pong(BytesView payload, const std::optional<MaskKey>& mask) {
  return encode_control(Opcode::pong, payload, mask);
}

}  // namespace pigeon::net::websocket
