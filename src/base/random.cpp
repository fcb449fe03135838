#include "base/random.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"

namespace pigeon {

namespace {

std::uint32_t load_le32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

/// RFC 8439 section 2.1.
void quarter_round(std::array<std::uint32_t, 16>& x, std::size_t a, std::size_t b, std::size_t c,
                   std::size_t d) {
  x[a] += x[b];
  x[d] = std::rotl(x[d] ^ x[a], 16);
  x[c] += x[d];
  x[b] = std::rotl(x[b] ^ x[c], 12);
  x[a] += x[b];
  x[d] = std::rotl(x[d] ^ x[a], 8);
  x[c] += x[d];
  x[b] = std::rotl(x[b] ^ x[c], 7);
}

}  // namespace

Random::Random(const Seed& seed)
    : state_{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} {
  for (std::size_t i = 0; i < 8; ++i) state_[4 + i] = load_le32(&seed[4 * i]);
}

Random Random::from_number(std::uint64_t number) {
  Seed seed{};
  for (std::size_t i = 0; i < 8; ++i) seed[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return Random(seed);
}

// RFC 8439 section 2.3.1, with a 64-bit block counter and no nonce, as in the original ChaCha.
void Random::refill() {
  std::array<std::uint32_t, 16> x = state_;
  for (int round = 0; round < 10; ++round) {
    quarter_round(x, 0, 4, 8, 12);
    quarter_round(x, 1, 5, 9, 13);
    quarter_round(x, 2, 6, 10, 14);
    quarter_round(x, 3, 7, 11, 15);
    quarter_round(x, 0, 5, 10, 15);
    quarter_round(x, 1, 6, 11, 12);
    quarter_round(x, 2, 7, 8, 13);
    quarter_round(x, 3, 4, 9, 14);
  }
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint32_t word = x[i] + state_[i];
    for (std::size_t byte = 0; byte < 4; ++byte) {
      block_[4 * i + byte] = static_cast<std::uint8_t>(word >> (8 * byte));
    }
  }
  if (++state_[12] == 0) ++state_[13];
  used_ = 0;
}

void Random::fill(MutableBytesView out) {
  while (!out.empty()) {
    if (used_ == block_.size()) refill();
    const std::size_t count = std::min(out.size(), block_.size() - used_);
    std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(used_), count, out.begin());
    used_ += count;
    out = out.subspan(count);
  }
}

std::uint64_t Random::next_u64() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  return static_cast<std::uint64_t>(load_le32(&bytes[4])) << 32U | load_le32(bytes.data());
}

std::uint64_t Random::below(std::uint64_t bound) {
  PIGEON_ASSERT(bound != 0);
  // Values in the incomplete last run of `bound` are drawn again, or small results would be
  // favoured.
  const std::uint64_t incomplete = (0 - bound) % bound;
  std::uint64_t drawn = next_u64();
  while (drawn < incomplete) drawn = next_u64();
  return drawn % bound;
}

bool Random::chance(std::uint64_t numerator, std::uint64_t denominator) {
  return below(denominator) < numerator;
}

Random Random::split() {
  Seed seed{};
  fill(seed);
  return Random(seed);
}

}  // namespace pigeon
