#pragma once

#include <cstddef>

namespace pigeon::runtime {

/// How an answer goes out. A reader gets its time anew with each sixteenth of the answer, not with
/// each byte, so that it cannot hold an answer for longer than seventeen times that time.
class AnswerProgress {
 public:
  /// An answer of so many bytes waits.
  void begin(std::size_t bytes) {
    step_ = bytes / steps_max + 1;
    mark_ = less_a_step(bytes);
  }

  /// So many bytes of it still wait. True if the reader gets its time anew.
  bool has_advanced(std::size_t bytes) {
    if (bytes > mark_) return false;
    mark_ = less_a_step(bytes);
    return true;
  }

 private:
  static constexpr std::size_t steps_max = 16;

  std::size_t less_a_step(std::size_t bytes) const { return bytes > step_ ? bytes - step_ : 0; }

  std::size_t step_ = 0;
  // From here on downwards the reader has earned more time.
  std::size_t mark_ = 0;
};

}  // namespace pigeon::runtime
