#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "base/ip_address.hpp"
#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "pigeon/options.hpp"

namespace pigeon::runtime {

struct AdmissionLimits {
  /// Open connections in all, and of one address: each at least 1.
  std::size_t connections_max = 1;
  std::size_t per_address_max = 1;
  /// New connections of one address.
  RateLimit connects_per_address{};
  /// Addresses whose rates are remembered; the one unseen for longest is forgotten first.
  std::size_t addresses_max = 1;
};

/// Counts the open connections of all loops, in all and by address, and limits how fast an address
/// makes new ones, before any handshake costs something. An address is what `IpAddress::network`
/// makes of it.
class Admissions {
 public:
  enum class Verdict : std::uint8_t { admitted, too_many, too_many_of_address, too_often };

  Admissions(const AdmissionLimits& limits, Random random)
      : limits_(limits), rates_({.count_max = limits.addresses_max}, AddressHash(random)) {}

  /// Counts a connection if it may be.
  Verdict enter(const IpAddress& address, Instant now) {
    const IpAddress network = address.network();
    const std::lock_guard lock(mutex_);
    if (count_ >= limits_.connections_max) return Verdict::too_many;
    const auto found = by_network_.find(network);
    if (found != by_network_.end() && found->second >= limits_.per_address_max) {
      return Verdict::too_many_of_address;
    }
    if (!take_connect(network, now)) return Verdict::too_often;
    ++by_network_[network];
    ++count_;
    ++changes_;
    return Verdict::admitted;
  }

  /// An admitted connection has ended.
  void leave(const IpAddress& address) {
    const std::lock_guard lock(mutex_);
    --count_;
    ++changes_;
    const auto found = by_network_.find(address.network());
    if (--found->second == 0) by_network_.erase(found);
  }

  /// How many connections have come and gone so far.
  std::uint64_t changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

 private:
  struct AddressHash {
    explicit AddressHash(Random& random) : hash(random) {}
    std::uint64_t operator()(const IpAddress& address) const {
      return hash(BytesView(address.bytes()));
    }

    KeyedHash hash;
  };

  bool take_connect(const IpAddress& network, Instant now) {
    const RateLimit& limit = limits_.connects_per_address;
    if (limit.per_minute == 0) return true;
    TokenBucket* bucket = rates_.touch(network, now);
    if (bucket == nullptr) {
      const TokenBucket full({.per_minute = limit.per_minute, .burst = limit.burst});
      bucket = &rates_.insert(network, full, now);
    }
    return bucket->take(now);
  }

  const AdmissionLimits limits_;
  std::mutex mutex_;
  std::size_t count_ = 0;
  std::uint64_t changes_ = 0;
  std::map<IpAddress, std::size_t> by_network_;
  LruMap<IpAddress, TokenBucket, AddressHash> rates_;
};

}  // namespace pigeon::runtime
