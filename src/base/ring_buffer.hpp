#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace pigeon {

/// The last `capacity` items, oldest first; the capacity is set once and is at least 1. `T` has a
/// default, which fills unused places, and can be moved. A buffer that was moved from can only be
/// assigned to or destroyed.
template <class T>
class RingBuffer {
 public:
  explicit RingBuffer(std::size_t capacity) : places_(capacity) { PIGEON_ASSERT(capacity >= 1); }

  std::size_t capacity() const { return places_.size(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity(); }

  /// Adds an item. If the buffer is full, the oldest item is dropped and returned.
  std::optional<T> push_back(T item) {
    std::optional<T> dropped;
    if (full()) dropped = pop_front();
    places_[place(size_)] = std::move(item);
    ++size_;
    return dropped;
  }

  /// Adds an item if there is room; refuses it, with false, if the buffer is full.
  [[nodiscard]] bool try_push_back(T item) {
    if (full()) return false;
    push_back(std::move(item));
    return true;
  }

  /// Takes the oldest item out; nothing if there is none.
  std::optional<T> pop_front() {
    if (empty()) return std::nullopt;
    std::optional<T> item = std::exchange(places_[first_], T());
    first_ = place(1);
    --size_;
    return item;
  }

  /// The item at `index`, below `size`; 0 is the oldest.
  T& operator[](std::size_t index) {
    PIGEON_ASSERT(index < size_);
    return places_[place(index)];
  }
  const T& operator[](std::size_t index) const {
    PIGEON_ASSERT(index < size_);
    return places_[place(index)];
  }

  /// The oldest item; the buffer is not empty.
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  /// The newest item; the buffer is not empty.
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  /// Drops every item.
  void clear() {
    while (!empty()) pop_front();
  }

 private:
  std::size_t place(std::size_t index) const {
    // Written so that it cannot overflow; both sides are below the capacity or equal to it.
    const std::size_t until_end = places_.size() - first_;
    return index < until_end ? first_ + index : index - until_end;
  }

  std::vector<T> places_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace pigeon
