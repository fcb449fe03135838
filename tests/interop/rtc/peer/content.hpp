#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pigeon::interop {

using Bytes = std::vector<std::uint8_t>;

/// What a `send` command asks for.
struct Series {
  /// Sent as it is, once; otherwise messages are made from the seed.
  bool has_string = false;
  std::string string;
  bool is_text = false;
  std::uint32_t seed = 0;
  std::size_t bytes = 0;
  std::size_t count = 1;
};

/// Message `index` of a series, as ../README.md defines it.
Bytes content(const Series& series, std::size_t index);

/// The SHA-256 in lower-case hexadecimal.
std::string sha256_hex(const Bytes& bytes);

}  // namespace pigeon::interop
