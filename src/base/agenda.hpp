#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace pigeon {

/// Keys with the instants at which they want attention. Entries are not cancelled: whoever pops a
/// key checks whether it still means something. Equal instants come out in the order of `schedule`.
template <class Key>
class Agenda {
 public:
  /// Wants attention for `key` at `at`. The caller bounds the number of entries.
  void schedule(Instant at, Key key) {
    entries_.push_back({at, next_sequence_++, std::move(key)});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }

  /// The next entry that is due, taken out; nothing if none is.
  std::optional<Key> pop_due(Instant now) {
    if (entries_.empty() || entries_.front().at > now) return std::nullopt;
    std::pop_heap(entries_.begin(), entries_.end(), later);
    Key key = std::move(entries_.back().key);
    entries_.pop_back();
    return key;
  }

  /// When the next entry is due; `Instant::max()` if there is none.
  Instant next() const { return entries_.empty() ? Instant::max() : entries_.front().at; }

 private:
  struct Entry {
    Instant at;
    std::uint64_t sequence = 0;
    Key key;
  };

  static bool later(const Entry& a, const Entry& b) {
    return std::pair(a.at, a.sequence) > std::pair(b.at, b.sequence);
  }

  std::vector<Entry> entries_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace pigeon
