#pragma once

#include <atomic>
#include <cstddef>

namespace pigeon::runtime {

/// The bytes that all connections together hold back in queues and unfinished messages. The last
/// quarter is kept for those that hold little, so that they do not pay for those that hold much.
class ByteBudget {
 public:
  /// Who holds no more than this holds little.
  static constexpr std::size_t little = std::size_t{64} * 1024;

  explicit ByteBudget(std::size_t bytes_max)
      : bytes_max_(bytes_max), bytes_max_of_large_(bytes_max - bytes_max / 4) {}

  /// A holder of `before` bytes now has `after`. False if it has grown and all together have too
  /// many for that; the bytes are counted even so.
  bool change(std::size_t before, std::size_t after) {
    if (after <= before) {
      used_.fetch_sub(before - after, std::memory_order_relaxed);
      return true;
    }
    const std::size_t growth = after - before;
    const std::size_t limit = after > little ? bytes_max_of_large_ : bytes_max_;
    return used_.fetch_add(growth, std::memory_order_relaxed) + growth <= limit;
  }

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const std::size_t bytes_max_;
  const std::size_t bytes_max_of_large_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace pigeon::runtime
