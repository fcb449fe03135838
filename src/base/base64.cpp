#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pigeon {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t no_digit = 0xff;
using Values = std::array<std::uint8_t, 256>;

constexpr Values values_of(std::string_view alphabet) {
  Values values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

std::string encode(BytesView bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < count; ++k) {
      group |= static_cast<std::uint32_t>(bytes[i + k]) << (16 - 8 * k);
    }
    for (std::size_t k = 0; k <= count; ++k) {
      text.push_back(alphabet[group >> (18 - 6 * k) & 0x3fU]);
    }
  }
  return text;
}

std::optional<Bytes> decode(std::string_view text, const Values& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t held = 0;
  std::uint32_t held_bits = 0;
  for (const char digit : text) {
    const std::uint8_t value = values[static_cast<std::uint8_t>(digit)];
    if (value == no_digit) return std::nullopt;
    held = (held << 6U | value) & 0xfffU;
    held_bits += 6;
    if (held_bits < 8) continue;
    held_bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(held >> held_bits));
    held &= (1U << held_bits) - 1;
  }
  if (held != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string encode_base64(BytesView bytes) {
  std::string text = encode(bytes, digits);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<Bytes> decode_base64(std::string_view text) {
  static constexpr Values values = values_of(digits);
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode(text, values);
}

std::string encode_base64url(BytesView bytes) { return encode(bytes, url_digits); }

std::optional<Bytes> decode_base64url(std::string_view text) {
  static constexpr Values values = values_of(url_digits);
  return decode(text, values);
}

}  // namespace pigeon
