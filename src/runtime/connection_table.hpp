#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/connection.hpp"
#include "runtime/connection_id.hpp"

namespace pigeon::runtime {

/// The connections of one loop, by id.
class ConnectionTable {
 public:
  explicit ConnectionTable(std::uint8_t loop) : loop_(loop) {}

  /// Adds the connection that `make(id)` returns as a unique pointer. Null, without calling it, if
  /// all places are taken.
  template <class Make>
  Connection* add(Make make) {
    if (free_.empty()) {
      if (slots_.size() == ConnectionPlace::slots_max) return nullptr;
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    const ConnectionPlace place{.loop = loop_, .slot = index, .generation = slot.generation};
    slot.connection = make(place.id());
    ++size_;
    return slot.connection.get();
  }

  /// Null if the connection has ended.
  Connection* find(ConnectionId id) {
    const ConnectionPlace place = ConnectionPlace::of(id);
    if (place.slot >= slots_.size()) return nullptr;
    const Slot& slot = slots_[place.slot];
    return slot.generation == place.generation ? slot.connection.get() : nullptr;
  }

  /// Destroys a connection that is there.
  void remove(ConnectionId id) {
    const std::uint32_t index = ConnectionPlace::of(id).slot;
    Slot& slot = slots_[index];
    slot.connection.reset();
    --size_;
    // A place whose numbers are used up stays empty.
    if (slot.generation == std::numeric_limits<std::uint32_t>::max()) return;
    ++slot.generation;
    free_.push_back(index);
  }

  template <class Visit>
  void for_each(Visit visit) {
    for (Slot& slot : slots_) {
      if (slot.connection != nullptr) visit(*slot.connection);
    }
  }

  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    std::uint32_t generation = 0;
  };

  std::uint8_t loop_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace pigeon::runtime
