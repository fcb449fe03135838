#pragma once

#include <cstdint>
#include <string>

#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// A bucket for the limit, full.
inline TokenBucket bucket_for(const RateLimit& limit) {
  return TokenBucket({.per_minute = limit.per_minute, .burst = limit.burst});
}

/// Takes tokens; always succeeds if the limit says that there is none.
inline bool take_token(TokenBucket& bucket, const RateLimit& limit, Instant now,
                       std::uint32_t count = 1) {
  return limit.per_minute == 0 || bucket.take(now, count);
}

/// How long until `take_token` succeeds; zero if it would now.
inline Duration wait_for_token(const TokenBucket& bucket, const RateLimit& limit, Instant now,
                               std::uint32_t count = 1) {
  return limit.per_minute == 0 ? Duration::zero() : bucket.retry_after(now, count);
}

/// The rates of everything that comes from one address. Forgets the addresses unseen for longest.
class RateLimiter {
 public:
  RateLimiter(const HubLimits& limits, Random& random)
      : limits_(limits), rates_({.count_max = limits.addresses_max}, KeyedHash(random)) {}

  bool take_request(const std::string& address, Instant now) {
    return take(address, limits_.requests_per_address, &Rates::requests, now) == Duration::zero();
  }
  /// Zero if a token was taken, else how long until there is one.
  Duration take_message(const std::string& address, Instant now) {
    return take(address, limits_.messages_per_address, &Rates::messages, now);
  }

 private:
  struct Rates {
    TokenBucket requests;
    TokenBucket messages;
  };

  Duration take(const std::string& address, const RateLimit& limit, TokenBucket Rates::*bucket,
                Instant now) {
    if (limit.per_minute == 0) return Duration::zero();
    Rates* rates = rates_.touch(address, now);
    if (rates == nullptr) {
      rates = &rates_.insert(
          address,
          {bucket_for(limits_.requests_per_address), bucket_for(limits_.messages_per_address)},
          now);
    }
    const bool is_taken = (rates->*bucket).take(now);
    return is_taken ? Duration::zero() : (rates->*bucket).retry_after(now);
  }

  HubLimits limits_;
  LruMap<std::string, Rates, KeyedHash> rates_;
};

}  // namespace pigeon::hub
