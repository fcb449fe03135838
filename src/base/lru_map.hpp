#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "base/lru_table.hpp"
#include "base/time.hpp"

namespace pigeon {

/// The bounds of an `LruMap` or `LruSet`.
struct LruLimits {
  /// Entries held, 1 to 2^32 - 2; an insertion above drops the oldest entry.
  std::size_t count_max = 1;
  /// How long after its last insertion or touch `expire` removes an entry; more than zero.
  /// `Duration::max()` means never.
  Duration time_to_live = Duration::max();
};

/// A map bounded in count and, if wished, in time. Iteration goes from the entry inserted or
/// touched last to the oldest, whatever the hash. Looking an entry up does not renew it, and an
/// entry is there until `expire` removes it, even if its time is over. If `now` steps back, an
/// entry expires no sooner than those renewed before it. Pointers and iterators hold until the next
/// insertion or removal. A map that was moved from can only be assigned to or destroyed.
template <class Key, class Value, class Hash>
class LruMap {
  using Table = LruTable<Key, Value, Hash>;
  struct ShowItem {
    template <class Node>
    auto operator()(Node& node) const {
      return std::pair<const Key&, decltype((node.value))>(node.key, node.value);
    }
  };

 public:
  /// An entry that has been taken out.
  struct Entry {
    Key key;
    [[no_unique_address]] Value value;
  };
  /// For `for (auto [key, value] : map)`; the value can be changed through it.
  using Iterator = RecencyIterator<Table, ShowItem>;
  using ConstIterator = RecencyIterator<const Table, ShowItem>;

  explicit LruMap(LruLimits limits, Hash hash = Hash()) : limits_(limits), table_(std::move(hash)) {
    PIGEON_ASSERT(limits.count_max >= 1);
    PIGEON_ASSERT(limits.count_max < Table::none);
    PIGEON_ASSERT(limits.time_to_live > Duration::zero());
  }

  std::size_t size() const { return table_.size(); }
  bool empty() const { return size() == 0; }
  /// True if inserting another key drops the oldest.
  bool full() const { return size() == limits_.count_max; }

  /// The value of a key, or null. `K` is anything that hashes and compares like `Key`.
  template <class K = Key>
  Value* find(const K& key) {
    const auto index = table_.find(key);
    return index == Table::none ? nullptr : &table_[index].value;
  }
  template <class K = Key>
  const Value* find(const K& key) const {
    const auto index = table_.find(key);
    return index == Table::none ? nullptr : &table_[index].value;
  }
  /// True if there is an entry of that key.
  template <class K = Key>
  bool contains(const K& key) const {
    return table_.find(key) != Table::none;
  }

  /// Makes an entry the newest, with its whole time to live ahead. Gives its value, or null.
  template <class K = Key>
  Value* touch(const K& key, Instant now) {
    const auto index = table_.find(key);
    if (index == Table::none) return nullptr;
    table_.renew(index, now);
    return &table_[index].value;
  }

  /// Adds or replaces a value and makes it the newest. If the map is full and the key is new, the
  /// oldest entry is dropped; call `evict_oldest` before to learn which.
  Value& insert(Key key, Value value, Instant now) {
    if (Value* present = touch(key, now)) {
      *present = std::move(value);
      return *present;
    }
    if (full()) evict_oldest();
    return table_[table_.add(std::move(key), std::move(value), now, limits_.count_max)].value;
  }

  /// Removes a key; false if it was not there.
  template <class K = Key>
  bool erase(const K& key) {
    const auto index = table_.find(key);
    if (index == Table::none) return false;
    table_.remove(index);
    return true;
  }

  /// Removes everything and gives its memory back.
  void clear() { table_.clear(); }

  /// Takes the oldest entry out; nothing if there is none.
  std::optional<Entry> evict_oldest() {
    if (empty()) return std::nullopt;
    auto node = table_.remove(table_.oldest());
    return Entry{std::move(node.key), std::move(node.value)};
  }

  /// Takes the oldest entry out if its time is over. For callers that act on each; others call
  /// `expire`.
  std::optional<Entry> evict_expired(Instant now) {
    const Instant deadline = next_timeout();
    if (deadline == Instant::max() || now < deadline) return std::nullopt;
    return evict_oldest();
  }

  /// Removes every entry whose time is over and says how many those were.
  std::size_t expire(Instant now) {
    std::size_t count = 0;
    while (evict_expired(now)) ++count;
    return count;
  }

  /// When `expire` next has work; `Instant::max()` if it has none.
  Instant next_timeout() const {
    if (empty() || limits_.time_to_live == Duration::max()) return Instant::max();
    const Instant renewed = table_[table_.oldest()].renewed;
    if (renewed > Instant::max() - limits_.time_to_live) return Instant::max();
    return renewed + limits_.time_to_live;
  }

  Iterator begin() { return {&table_, table_.newest()}; }
  Iterator end() { return {&table_, Table::none}; }
  ConstIterator begin() const { return {&table_, table_.newest()}; }
  ConstIterator end() const { return {&table_, Table::none}; }

 private:
  LruLimits limits_;
  Table table_;
};

}  // namespace pigeon
