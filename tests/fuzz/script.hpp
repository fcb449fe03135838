#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "base/bytes.hpp"

namespace pigeon::fuzz {

/// What a stranger decides: the input of a fuzz target, read from its front. After its end every
/// byte is zero and every text empty. A change of how something is read makes the kept corpora
/// worthless.
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  bool is_finished() const { return rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  /// Of two bytes.
  std::size_t number() {
    const std::size_t high = byte();
    return high << 8U | byte();
  }
  /// Of one byte, and of two for a greater bound.
  std::size_t below(std::size_t bound) { return (bound > 256 ? number() : byte()) % bound; }
  bool flip() { return (byte() & 1U) != 0; }

  /// At most 255, and not more than `size_max`.
  BytesView bytes(std::size_t size_max = 255) {
    const std::size_t wished = byte();
    const BytesView taken = rest_.first(std::min({wished, size_max, rest_.size()}));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  std::string_view text() { return as_text(bytes()); }

  /// One of them, which are not none.
  template <class Container>
  auto& pick(Container& items) {
    return *std::next(items.begin(), static_cast<std::ptrdiff_t>(below(items.size())));
  }

 private:
  BytesView rest_;
};

}  // namespace pigeon::fuzz
