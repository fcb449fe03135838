#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/keyed_hash.hpp"

namespace pigeon::transfer {

/// The last streams that this side has closed. What the other side had sent by then still comes,
/// and upstream's peers send a whole stream although it was aborted: that breaks no rule.
class ClosedStreams {
 public:
  void insert(std::string_view id, const KeyedHash& hash) {
    if (contains(id, hash)) return;
    hashes_.at(next_) = hash(id);
    next_ = (next_ + 1) % hashes_.size();
  }
  bool contains(std::string_view id, const KeyedHash& hash) const {
    return std::find(hashes_.begin(), hashes_.end(), hash(id)) != hashes_.end();
  }
  /// A stream of that name is open again.
  void erase(std::string_view id, const KeyedHash& hash) {
    std::replace(hashes_.begin(), hashes_.end(), hash(id), std::uint64_t{0});
  }

 private:
  std::array<std::uint64_t, 64> hashes_{};
  std::size_t next_ = 0;
};

}  // namespace pigeon::transfer
