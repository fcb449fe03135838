#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "net/ip_address.hpp"

namespace pigeon::runtime {

/// Counts the open connections of all loops, in all and by address. Holds no more addresses than
/// there are connections.
class Admissions {
 public:
  enum class Verdict : std::uint8_t { admitted, too_many, too_many_of_address };

  /// Both limits are at least 1.
  Admissions(std::size_t connections_max, std::size_t per_address_max)
      : connections_max_(connections_max), per_address_max_(per_address_max) {}

  /// Counts a connection if it may be.
  Verdict enter(const net::IpAddress& address) {
    const std::lock_guard lock(mutex_);
    if (count_ >= connections_max_) return Verdict::too_many;
    std::size_t& of_address = by_address_[address];
    if (of_address >= per_address_max_) return Verdict::too_many_of_address;
    ++of_address;
    ++count_;
    ++changes_;
    return Verdict::admitted;
  }

  /// An admitted connection has ended.
  void leave(const net::IpAddress& address) {
    const std::lock_guard lock(mutex_);
    --count_;
    ++changes_;
    const auto found = by_address_.find(address);
    if (--found->second == 0) by_address_.erase(found);
  }

  /// How many connections have come and gone so far.
  std::uint64_t changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

 private:
  const std::size_t connections_max_;
  const std::size_t per_address_max_;
  std::mutex mutex_;
  std::size_t count_ = 0;
  std::uint64_t changes_ = 0;
  std::map<net::IpAddress, std::size_t> by_address_;
};

}  // namespace pigeon::runtime
