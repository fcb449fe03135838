#include "bench/load/websocket.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

namespace pigeon::bench {
namespace {

// The example of RFC 6455, section 1.3: a load test needs no secret here.
constexpr std::string_view request_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view answer_key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

void mask_copy(char* to, const char* from, std::size_t size, std::uint32_t mask) {
  const std::uint64_t wide = (std::uint64_t{mask} << 32) | mask;
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from + at, 8);
    word ^= wide;
    std::memcpy(to + at, &word, 8);
  }
  std::array<char, 4> bytes{};
  std::memcpy(bytes.data(), &mask, 4);
  for (; at < size; ++at) to[at] = static_cast<char>(from[at] ^ bytes[at % 4]);
}

}  // namespace

std::optional<ServerFrame> take_frame(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::size_t first = byte_at(bytes, 0);
  const std::size_t opcode = first & 0x0f;
  const bool known = opcode == 1 || opcode == 8 || opcode == 9 || opcode == 10;
  if ((first & 0xf0) != 0x80 || !known || byte_at(bytes, 1) > 127) {
    throw std::runtime_error("the server sent an unexpected kind of frame");
  }
  std::size_t length = byte_at(bytes, 1);
  const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
  const std::size_t head = 2 + wide;
  if (bytes.size() < head) return std::nullopt;
  if (wide > 0) length = 0;
  for (std::size_t at = 2; at < head; ++at) length = (length << 8) | byte_at(bytes, at);
  if (bytes.size() - head < length) return std::nullopt;
  return ServerFrame{.opcode = static_cast<Opcode>(opcode),
                     .payload = bytes.substr(head, length),
                     .size = head + length};
}

void write_client_frame(std::string& frame, Opcode opcode, std::string_view payload,
                        std::uint32_t mask) {
  const std::size_t size = payload.size();
  const std::size_t wide = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  const std::size_t head = 2 + wide + 4;
  frame.resize(head + size);
  frame[0] = static_cast<char>(0x80U | static_cast<unsigned>(opcode));
  const std::size_t short_length = wide == 0 ? size : wide == 2 ? 126 : 127;
  frame[1] = static_cast<char>(0x80U | short_length);
  for (std::size_t i = 0; i < wide; ++i) {
    frame[2 + i] = static_cast<char>((size >> (8 * (wide - 1 - i))) & 0xff);
  }
  std::memcpy(frame.data() + 2 + wide, &mask, 4);
  mask_copy(frame.data() + head, payload.data(), size, mask);
}

std::string upgrade_request(std::string_view target, std::uint16_t port) {
  std::string text = "GET ";
  text.append(target);
  text += " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port);
  text += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  text.append("Sec-WebSocket-Key: ").append(request_key).append("\r\n\r\n");
  return text;
}

std::optional<std::size_t> take_upgrade_answer(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view answer = bytes.substr(0, end);
  const std::string first_line(answer.substr(0, answer.find('\r')));
  if (!answer.starts_with("HTTP/1.1 101 ") || answer.find(answer_key) == std::string_view::npos) {
    throw std::runtime_error("the server refuses a WebSocket: " + first_line);
  }
  return end + 4;
}

std::uint16_t close_code(std::string_view payload) {
  if (payload.size() < 2) return 1005;
  return static_cast<std::uint16_t>((byte_at(payload, 0) << 8) | byte_at(payload, 1));
}

}  // namespace pigeon::bench
