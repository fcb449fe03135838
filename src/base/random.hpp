#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/bytes.hpp"

namespace pigeon {

/// The stream of chance that a component draws from. Deterministic: the same seed gives the same
/// draws on every platform. The key stream of ChaCha20 (RFC 8439 section 2.3), so a stream seeded
/// by the operating system cannot be predicted from what it has shown.
class Random {
 public:
  using Seed = std::array<std::uint8_t, 32>;

  explicit Random(const Seed& seed);
  /// For tests and the simulator: the number becomes the first bytes of the seed.
  static Random from_number(std::uint64_t number);

  /// 64 random bits.
  std::uint64_t next_u64();
  /// Uniform in [0, bound); `bound` is not 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, count), for places in memory; `count` is not 0.
  std::size_t index(std::size_t count) { return static_cast<std::size_t>(below(count)); }
  /// True in `numerator` of `denominator` cases; `denominator` is not 0.
  bool chance(std::uint64_t numerator, std::uint64_t denominator);
  /// Fills the whole span.
  void fill(MutableBytesView out);
  /// An independent stream for another component: new draws here do not disturb that one.
  Random split();

  /// A random id of any type.
  template <class AnyId>
  AnyId id() {
    std::array<std::uint8_t, AnyId::byte_count> bytes{};
    fill(bytes);
    return AnyId(bytes);
  }

  /// Brings the items into a random order.
  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[index(i)]);
  }

 private:
  void refill();

  std::array<std::uint32_t, 16> state_;
  std::array<std::uint8_t, 64> block_{};
  std::size_t used_ = 64;
};

}  // namespace pigeon
