#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "base/lru_map.hpp"

namespace pigeon {

/// A set bounded like `LruMap`, and with its order and its rules: an `LruMap` without values.
template <class Key, class Hash>
class LruSet {
  struct Nothing {};
  using Map = LruMap<Key, Nothing, Hash>;

 public:
  /// Goes from the newest key to the oldest.
  class Iterator {
   public:
    using value_type = Key;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(typename Map::ConstIterator at) : at_(at) {}

    const Key& operator*() const { return (*at_).first; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    typename Map::ConstIterator at_;
  };

  explicit LruSet(LruLimits limits, Hash hash = Hash()) : map_(limits, std::move(hash)) {}

  std::size_t size() const { return map_.size(); }
  bool empty() const { return map_.empty(); }
  /// True if inserting another key drops the oldest.
  bool full() const { return map_.full(); }

  /// True if the key is there. `K` is anything that hashes and compares like `Key`.
  template <class K = Key>
  bool contains(const K& key) const {
    return map_.contains(key);
  }

  /// Adds a key; false, and nothing changes, if it is already there. If the set is full, the oldest
  /// key is dropped.
  bool insert(Key key, Instant now) {
    if (map_.contains(key)) return false;
    map_.insert(std::move(key), Nothing{}, now);
    return true;
  }

  /// Makes a key the newest, with its whole time to live ahead; false if it is not there.
  template <class K = Key>
  bool touch(const K& key, Instant now) {
    return map_.touch(key, now) != nullptr;
  }

  /// Removes a key; false if it was not there.
  template <class K = Key>
  bool erase(const K& key) {
    return map_.erase(key);
  }

  /// Removes everything and gives its memory back.
  void clear() { map_.clear(); }

  /// Takes the oldest key out; nothing if there is none.
  std::optional<Key> evict_oldest() { return key_of(map_.evict_oldest()); }
  /// Takes the oldest key out if its time is over.
  std::optional<Key> evict_expired(Instant now) { return key_of(map_.evict_expired(now)); }
  /// Removes every key whose time is over and says how many those were.
  std::size_t expire(Instant now) { return map_.expire(now); }
  /// When `expire` next has work; `Instant::max()` if it has none.
  Instant next_timeout() const { return map_.next_timeout(); }

  Iterator begin() const { return Iterator(map_.begin()); }
  Iterator end() const { return Iterator(map_.end()); }

 private:
  static std::optional<Key> key_of(std::optional<typename Map::Entry> entry) {
    if (!entry) return std::nullopt;
    return std::move(entry->key);
  }

  Map map_;
};

}  // namespace pigeon
