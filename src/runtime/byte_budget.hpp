#pragma once

#include <atomic>
#include <cstddef>

namespace pigeon::runtime {

/// The bytes that all connections together hold back in queues and unfinished messages.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// A holder of `before` bytes now has `after`. False if it has grown and all together have too
  /// many; the bytes are counted even so.
  bool change(std::size_t before, std::size_t after) {
    if (after <= before) {
      used_.fetch_sub(before - after, std::memory_order_relaxed);
      return true;
    }
    const std::size_t growth = after - before;
    return used_.fetch_add(growth, std::memory_order_relaxed) + growth <= bytes_max_;
  }

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace pigeon::runtime
