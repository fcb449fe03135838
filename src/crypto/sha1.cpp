#include "crypto/sha1.hpp"

#include <bit>
#include <cstddef>

namespace pigeon::crypto {

namespace {

/// The function and constant of round `t` (FIPS 180-4 sections 4.1.1 and 4.2.1), already added up.
std::uint32_t mix(std::size_t t, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  if (t < 20) return ((x & y) ^ (~x & z)) + 0x5a827999;
  if (t < 40) return (x ^ y ^ z) + 0x6ed9eba1;
  if (t < 60) return ((x & y) ^ (x & z) ^ (y & z)) + 0x8f1bbcdc;
  return (x ^ y ^ z) + 0xca62c1d6;
}

}  // namespace

void Sha1Rules::compress(State& state, HashBlock block) {
  std::array<std::uint32_t, 80> w{};
  for (std::size_t t = 0; t < 16; ++t) w[t] = block_word(block, t);
  for (std::size_t t = 16; t < 80; ++t) {
    w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  }

  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < 80; ++t) {
    const std::uint32_t next = std::rotl(a, 5) + mix(t, b, c, d) + e + w[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }

  const State worked = {a, b, c, d, e};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += worked[i];
}

std::array<std::uint8_t, 20> sha1(BytesView text) {
  Sha1 hash;
  hash.update(text);
  return hash.digest();
}

}  // namespace pigeon::crypto
