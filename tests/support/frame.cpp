#include "tests/support/frame.hpp"

#include <array>

#include "tests/support/deadline.hpp"

namespace pigeon::test {

namespace {

constexpr std::size_t payload_bytes_max = std::size_t{16} << 20U;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
  }
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

LengthForm form_of(const ClientFrame& frame, std::uint64_t length) {
  if (frame.length_form != LengthForm::shortest || length < 126) return frame.length_form;
  return length <= 0xffff ? LengthForm::two_bytes : LengthForm::eight_bytes;
}

void require(bool holds, const char* what) {
  if (!holds) throw Failure(std::string("the hub breaks RFC 6455: ") + what);
}

bool is_known(unsigned code) { return code <= 2 || (code >= 8 && code <= 10); }

}  // namespace

std::string encode(const ClientFrame& frame) {
  const std::uint64_t length = frame.announced_length.value_or(frame.payload.size());
  std::string bytes;
  bytes.reserve(frame.payload.size() + 14);
  const unsigned first = (frame.is_final ? 0x80U : 0U) | frame.reserved * 0x10U | frame.opcode;
  bytes += static_cast<char>(first);
  const unsigned mask_bit = frame.is_masked ? 0x80U : 0U;
  switch (form_of(frame, length)) {
    case LengthForm::shortest:
      bytes += static_cast<char>(mask_bit | length);
      break;
    case LengthForm::two_bytes:
      bytes += static_cast<char>(mask_bit | 126U);
      append_big_endian(bytes, length, 2);
      break;
    case LengthForm::eight_bytes:
      bytes += static_cast<char>(mask_bit | 127U);
      append_big_endian(bytes, length, 8);
      break;
  }
  if (!frame.is_masked) return bytes + frame.payload;
  constexpr std::array<char, 4> key = {0x37, '\xfa', 0x21, '\x3d'};
  bytes.append(key.data(), key.size());
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    bytes += static_cast<char>(frame.payload[i] ^ key[i % key.size()]);
  }
  return bytes;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_big_endian(payload, code, 2);
  return payload.append(reason);
}

std::optional<ServerFrame> FrameReader::next() {
  if (received_.size() < 2) return std::nullopt;
  const unsigned first = static_cast<unsigned char>(received_[0]);
  const unsigned second = static_cast<unsigned char>(received_[1]);
  const unsigned code = first & 0x0fU;
  require((first & 0x70U) == 0, "reserved bits");
  require(is_known(code), "reserved opcode");
  require((first & 0x80U) != 0 && code != opcode::continuation, "fragment");
  require((second & 0x80U) == 0, "masked by a server");
  const std::size_t length_bytes = second == 126 ? 2 : second == 127 ? 8 : 0;
  require(length_bytes == 0 || code < 8, "long control frame");
  const std::size_t header = 2 + length_bytes;
  if (received_.size() < header) return std::nullopt;
  const std::uint64_t length =
      length_bytes == 0 ? second : big_endian(std::string_view(received_).substr(2, length_bytes));
  require(length_bytes == 0 || length > (length_bytes == 2 ? 125U : 0xffffU), "long length");
  require(length <= payload_bytes_max, "larger than anything that it could have to say");
  if (received_.size() < header + length) return std::nullopt;
  ServerFrame frame{static_cast<std::uint8_t>(code), received_.substr(header, length)};
  received_.erase(0, header + length);
  return frame;
}

}  // namespace pigeon::test
