#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pigeon::test {

/// Bytes of which no two pieces are alike, the same ones each time.
inline std::vector<std::uint8_t> pattern(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  return bytes;
}

}  // namespace pigeon::test
