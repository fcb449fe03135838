#pragma once

#include <array>
#include <cstdint>

namespace pigeon::dtls {

/// Remembers which of the newest sequence numbers have come (RFC 6347 section 4.1.2.6). Wider than
/// the 64 that the RFC recommends at least: at full speed a network reorders more.
class ReplayWindow {
 public:
  /// True if the number has not come and is not too old to know.
  bool is_fresh(std::uint64_t sequence) const {
    if (sequence >= next_) return true;
    const std::uint64_t age = next_ - 1 - sequence;
    if (age >= width) return false;
    return (words_[sequence / 64 % word_count] >> (sequence % 64) & 1U) == 0;
  }

  /// Marks a number, which is fresh and whose record was authentic.
  void accept(std::uint64_t sequence) {
    if (sequence >= next_) {
      const std::uint64_t first_word = (next_ + 63) / 64;
      const std::uint64_t last_word = sequence / 64;
      // Words ahead of the newest are from a turn of the ring ago.
      const std::uint64_t count = last_word >= first_word ? last_word - first_word + 1 : 0;
      for (std::uint64_t i = 0; i < count && i < word_count; ++i) {
        words_[(last_word - i) % word_count] = 0;
      }
      next_ = sequence + 1;
    }
    words_[sequence / 64 % word_count] |= std::uint64_t{1} << (sequence % 64);
  }

 private:
  static constexpr std::uint64_t word_count = 16;
  // One word less than there is: the newest is filled only in part.
  static constexpr std::uint64_t width = (word_count - 1) * 64;

  std::uint64_t next_ = 0;
  std::array<std::uint64_t, word_count> words_{};
};

}  // namespace pigeon::dtls
