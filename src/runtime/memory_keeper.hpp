#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace pigeon::runtime {

/// Decides when freed memory is worth giving back to the system, which takes some milliseconds for
/// a large heap: after a flood of bytes or of connections, once it has calmed down. Asked every
/// second.
class MemoryKeeper {
 public:
  /// `buffered_bytes` are held now; `changes` connections have come and gone so far.
  bool should_trim(std::size_t buffered_bytes, std::uint64_t changes) {
    const std::uint64_t recent = changes - last_changes_;
    last_changes_ = changes;
    peak_bytes_ = std::max(peak_bytes_, buffered_bytes);
    const bool bytes_fell = peak_bytes_ > 2 * buffered_bytes + bytes_min;
    const std::uint64_t pending = changes - trimmed_changes_;
    const bool is_calm = recent * 16 <= pending;
    if (!bytes_fell && !(pending >= changes_min && is_calm)) return false;
    peak_bytes_ = buffered_bytes;
    trimmed_changes_ = changes;
    return true;
  }

 private:
  static constexpr std::size_t bytes_min = std::size_t{8} << 20U;
  static constexpr std::uint64_t changes_min = 512;

  std::size_t peak_bytes_ = 0;
  std::uint64_t last_changes_ = 0;
  std::uint64_t trimmed_changes_ = 0;
};

}  // namespace pigeon::runtime
