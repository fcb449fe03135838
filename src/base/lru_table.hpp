#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace pigeon {

/// The store under `LruMap` and `LruSet`: a hash table whose nodes are also linked in the order of
/// their renewal. Has no bound of its own. Nodes lie densely in one vector and name each other by
/// index, which takes half the memory of a list with an unordered_map. An index holds until
/// the next `add` or `remove`.
template <class Key, class Value, class Hash>
class LruTable {
 public:
  using Index = std::uint32_t;
  static constexpr Index none = std::numeric_limits<Index>::max();

  struct Node {
    Key key;
    [[no_unique_address]] Value value;
    Instant renewed;
    Index newer = none;
    Index older = none;
    Index chained = none;  // the next in the same bucket
  };

  explicit LruTable(Hash hash) : hash_(std::move(hash)) {}

  std::size_t size() const { return nodes_.size(); }
  Node& operator[](Index index) { return nodes_[index]; }
  const Node& operator[](Index index) const { return nodes_[index]; }
  Index newest() const { return newest_; }
  Index oldest() const { return oldest_; }

  /// The node of a key, or `none`.
  template <class K>
  Index find(const K& key) const {
    if (nodes_.empty()) return none;
    Index index = buckets_[bucket_of(key)];
    while (index != none && !(nodes_[index].key == key)) index = nodes_[index].chained;
    return index;
  }

  /// Makes a node the newest. Stamps never decrease towards the newest, even if `now` does.
  void renew(Index index, Instant now) {
    unlink(index);
    link_newest(index, now);
  }

  /// Adds a key that is not there, as the newest. Memory grows by doubling, up to `count_max`
  /// nodes.
  Index add(Key key, Value value, Instant now, std::size_t count_max) {
    if (size() == nodes_.capacity()) {
      set_capacity(std::min(count_max, std::max(capacity_min, 2 * nodes_.capacity())));
    }
    const auto index = static_cast<Index>(size());
    nodes_.push_back({std::move(key), std::move(value), now, none, none, none});
    chain(index);
    link_newest(index, now);
    return index;
  }

  /// Takes a node out. Memory shrinks by halves.
  Node remove(Index index) {
    unlink(index);
    chain_slot(index) = nodes_[index].chained;
    Node node = std::move(nodes_[index]);
    fill_hole(index);
    // A quarter, not a half: or a table at the edge would move its nodes again and again.
    if (nodes_.capacity() > capacity_min && size() < nodes_.capacity() / 4) {
      set_capacity(std::max(capacity_min, nodes_.capacity() / 2));
    }
    return node;
  }

  void clear() {
    // Not `= {}`: that would keep the capacity, by which `add` knows whether there are buckets.
    nodes_ = std::vector<Node>();
    buckets_ = std::vector<Index>();
    newest_ = oldest_ = none;
  }

 private:
  static constexpr std::size_t capacity_min = 8;

  template <class K>
  std::size_t bucket_of(const K& key) const {
    // Fibonacci hashing: a weak hash may keep its entropy in either half of the word.
    const std::uint64_t mixed = std::uint64_t{hash_(key)} * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(mixed >> (64 - std::countr_zero(buckets_.size())));
  }

  void chain(Index index) {
    Index& head = buckets_[bucket_of(nodes_[index].key)];
    nodes_[index].chained = head;
    head = index;
  }

  /// The place that names a node in its bucket's chain.
  Index& chain_slot(Index index) {
    Index* slot = &buckets_[bucket_of(nodes_[index].key)];
    while (*slot != index) slot = &nodes_[*slot].chained;
    return *slot;
  }

  /// The places that name a node in the order of renewal.
  Index& slot_from_newer(const Node& node) {
    return node.newer == none ? newest_ : nodes_[node.newer].older;
  }
  Index& slot_from_older(const Node& node) {
    return node.older == none ? oldest_ : nodes_[node.older].newer;
  }

  void unlink(Index index) {
    const Node& node = nodes_[index];
    slot_from_newer(node) = node.older;
    slot_from_older(node) = node.newer;
  }

  void link_newest(Index index, Instant now) {
    Node& node = nodes_[index];
    node.renewed = std::max(now, node.renewed);
    if (newest_ != none) node.renewed = std::max(node.renewed, nodes_[newest_].renewed);
    node.newer = none;
    node.older = newest_;
    slot_from_older(node) = index;
    newest_ = index;
  }

  /// Moves the last node to where one was taken out.
  void fill_hole(Index hole) {
    const auto last = static_cast<Index>(size() - 1);
    if (hole != last) {
      chain_slot(last) = hole;
      slot_from_newer(nodes_[last]) = hole;
      slot_from_older(nodes_[last]) = hole;
      nodes_[hole] = std::move(nodes_[last]);
    }
    nodes_.pop_back();
  }

  void set_capacity(std::size_t capacity) {
    std::vector<Node> nodes;
    nodes.reserve(capacity);
    std::move(nodes_.begin(), nodes_.end(), std::back_inserter(nodes));
    nodes_ = std::move(nodes);
    buckets_ = std::vector<Index>(std::bit_ceil(std::max(capacity_min, capacity)), none);
    for (Index index = 0; index < size(); ++index) chain(index);
  }

  [[no_unique_address]] Hash hash_;
  std::vector<Node> nodes_;
  std::vector<Index> buckets_;
  Index newest_ = none;
  Index oldest_ = none;
};

/// Goes over a table from the newest node to the oldest. `Projection` says what of a node is shown.
template <class Table, class Projection>
class RecencyIterator {
 public:
  using value_type = decltype(Projection()(std::declval<Table&>()[0]));
  using difference_type = std::ptrdiff_t;

  RecencyIterator() = default;
  RecencyIterator(Table* table, std::uint32_t index) : table_(table), index_(index) {}

  value_type operator*() const { return Projection()((*table_)[index_]); }
  RecencyIterator& operator++() {
    index_ = (*table_)[index_].older;
    return *this;
  }
  RecencyIterator operator++(int) {
    RecencyIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const RecencyIterator&, const RecencyIterator&) = default;

 private:
  Table* table_ = nullptr;
  std::uint32_t index_ = 0;
};

}  // namespace pigeon
