#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "crypto/block_hash.hpp"

namespace pigeon::crypto {

/// SHA-256 as FIPS 180-4 section 6.2 has it.
struct Sha256Rules {
  using State = std::array<std::uint32_t, 8>;
  static constexpr State initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  static void compress(State& state, HashBlock block);
};

/// SHA-256 of a text given in pieces.
using Sha256 = BlockHash<Sha256Rules>;

/// SHA-256 of one text.
std::array<std::uint8_t, 32> sha256(BytesView text);

}  // namespace pigeon::crypto
