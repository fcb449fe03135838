#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace pigeon {

/// Base 64 with `+`, `/` and padding (RFC 4648 section 4).
std::string encode_base64(BytesView bytes);

/// Reads what `encode_base64` writes and nothing else: white space, missing or extra padding, and
/// bits set after the last byte (RFC 4648 section 3.5) give nothing. So each text has one encoding.
std::optional<Bytes> decode_base64(std::string_view text);

/// Base 64 with `-`, `_` and no padding (RFC 4648 section 5).
std::string encode_base64url(BytesView bytes);

/// Reads what `encode_base64url` writes and nothing else, padding included.
std::optional<Bytes> decode_base64url(std::string_view text);

/// The same of a known number of bytes; nothing for any other number.
template <std::size_t size>
std::optional<std::array<std::uint8_t, size>> decode_base64url_array(std::string_view text) {
  const auto bytes = decode_base64url(text);
  if (!bytes || bytes->size() != size) return std::nullopt;
  std::array<std::uint8_t, size> array{};
  std::copy(bytes->begin(), bytes->end(), array.begin());
  return array;
}

}  // namespace pigeon
