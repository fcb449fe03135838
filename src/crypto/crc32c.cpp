#include "crypto/crc32c.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pigeon::crypto {

namespace {

/// The polynomial 0x1edc6f41, lowest power in the highest bit.
constexpr std::uint32_t polynomial = 0x82f63b78;

/// The remainder multiplied by x.
constexpr std::uint32_t times_x(std::uint32_t remainder) {
  return (remainder >> 1U) ^ ((remainder & 1U) != 0 ? polynomial : 0);
}

using SliceTables = std::array<std::array<std::uint32_t, 256>, 8>;

/// Table `k` moves a byte over itself and `k` more bytes.
constexpr SliceTables make_slice_tables() {
  SliceTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = times_x(remainder);
    tables[0][byte] = remainder;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t last = tables[k - 1][byte];
      tables[k][byte] = (last >> 8U) ^ tables[0][last & 0xffU];
    }
  }
  return tables;
}

constexpr SliceTables slices = make_slice_tables();

std::uint32_t load_little_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

#if defined(__x86_64__)

constexpr std::size_t word_size = sizeof(std::uint64_t);
constexpr std::size_t lane_words_max = 64;
/// Below it joining three lanes costs more than they gain.
constexpr std::size_t lane_words_min = 8;

/// Entry `n` moves a remainder over `n` words: x^(64 n - 33), because the product of two reflected
/// numbers is off by one and the instruction that reduces it multiplies by x^32.
constexpr std::array<std::uint32_t, 2 * lane_words_max + 1> make_shifts() {
  std::array<std::uint32_t, 2 * lane_words_max + 1> shifts{};
  std::uint32_t power = 1;  // x^31
  for (std::size_t n = 1; n < shifts.size(); ++n) {
    shifts[n] = power;
    for (int bit = 0; bit < 64; ++bit) power = times_x(power);
  }
  return shifts;
}

constexpr auto shifts = make_shifts();

std::uint64_t load_word(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, word_size);
  return word;
}

__attribute__((target("sse4.2,pclmul"))) std::uint64_t shifted(std::uint64_t remainder,
                                                               std::size_t words) {
  const __m128i a = _mm_cvtsi64_si128(static_cast<long long>(remainder));
  const __m128i b = _mm_cvtsi64_si128(static_cast<long long>(std::uint64_t{shifts[words]}));
  const __m128i product = _mm_clmulepi64_si128(a, b, 0);
  return _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(product)));
}

/// The instruction gives its result after three cycles but may start in each: three lanes at a
/// time, joined by a carry-less multiplication.
__attribute__((target("sse4.2,pclmul"))) std::uint32_t crc32c_by_instructions(
    BytesView bytes, std::uint32_t before) {
  const std::uint8_t* at = bytes.data();
  std::size_t words = bytes.size() / word_size;
  std::uint64_t remainder = ~before;
  while (words >= 3 * lane_words_min) {
    const std::size_t lane = std::min(words / 3, lane_words_max);
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < lane; ++i, at += word_size) {
      remainder = _mm_crc32_u64(remainder, load_word(at));
      second = _mm_crc32_u64(second, load_word(at + lane * word_size));
      third = _mm_crc32_u64(third, load_word(at + 2 * lane * word_size));
    }
    remainder = shifted(remainder, 2 * lane) ^ shifted(second, lane) ^ third;
    at += 2 * lane * word_size;
    words -= 3 * lane;
  }
  for (; words > 0; --words, at += word_size) remainder = _mm_crc32_u64(remainder, load_word(at));
  auto result = static_cast<std::uint32_t>(remainder);
  for (std::size_t rest = bytes.size() % word_size; rest > 0; --rest) {
    result = _mm_crc32_u8(result, *at++);
  }
  return ~result;
}

#endif

using Function = std::uint32_t (*)(BytesView bytes, std::uint32_t before);

Function fastest() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul")) {
    return crc32c_by_instructions;
  }
#endif
  return crc32c_by_tables;
}

}  // namespace

std::uint32_t crc32c(BytesView bytes, std::uint32_t before) {
  static const Function chosen = fastest();
  return chosen(bytes, before);
}

std::uint32_t crc32c_by_tables(BytesView bytes, std::uint32_t before) {
  std::uint32_t remainder = ~before;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    const std::uint32_t low = remainder ^ load_little_endian(bytes.data());
    const std::uint32_t high = load_little_endian(bytes.data() + 4);
    remainder = slices[7][low & 0xffU] ^ slices[6][low >> 8U & 0xffU] ^
                slices[5][low >> 16U & 0xffU] ^ slices[4][low >> 24U] ^ slices[3][high & 0xffU] ^
                slices[2][high >> 8U & 0xffU] ^ slices[1][high >> 16U & 0xffU] ^
                slices[0][high >> 24U];
  }
  for (const std::uint8_t byte : bytes) {
    remainder = (remainder >> 8U) ^ slices[0][(remainder ^ byte) & 0xffU];
  }
  return ~remainder;
}

}  // namespace pigeon::crypto
