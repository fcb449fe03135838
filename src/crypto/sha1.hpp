#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "crypto/block_hash.hpp"

namespace pigeon::crypto {

/// SHA-1 as FIPS 180-4 section 6.1 has it.
struct Sha1Rules {
  using State = std::array<std::uint32_t, 5>;
  static constexpr State initial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  static void compress(State& state, HashBlock block);
};

/// SHA-1 of a text given in pieces. Only where a protocol demands it (the WebSocket handshake, DHT
/// keys): it does not resist collisions.
using Sha1 = BlockHash<Sha1Rules>;

/// SHA-1 of one text.
std::array<std::uint8_t, 20> sha1(BytesView text);

}  // namespace pigeon::crypto
