#include "tests/interop/rtc/peer/content.hpp"

#include <array>

#include <openssl/sha.h>

namespace pigeon::interop {

Bytes content(const Series& series, std::size_t index) {
  if (series.has_string) return {series.string.begin(), series.string.end()};
  Bytes bytes(series.bytes);
  std::uint32_t word = series.seed * 0x9e37'79b1U + static_cast<std::uint32_t>(index);
  if (word == 0) word = 1;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at % 4 == 0) {
      word ^= word << 13U;
      word ^= word >> 17U;
      word ^= word << 5U;
    }
    const auto byte = static_cast<std::uint8_t>(word >> (8 * (at % 4)));
    bytes[at] = series.is_text ? static_cast<std::uint8_t>(32 + byte % 95) : byte;
  }
  return bytes;
}

std::string sha256_hex(const Bytes& bytes) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : digest) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace pigeon::interop
