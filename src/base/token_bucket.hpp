#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace pigeon {

/// How fast something may happen.
struct TokenRate {
  /// Tokens that come back each minute; 0 means that the burst is all there is.
  std::uint32_t per_minute = 0;
  /// Tokens that can be saved up, hence taken at once.
  std::uint32_t burst = 0;
};

/// Limits a rate: taking needs tokens, and tokens come back with time. Starts full. Exact: counts
/// in shares of a token so small that one microsecond brings exactly `per_minute` of them.
class TokenBucket {
 public:
  constexpr explicit TokenBucket(TokenRate rate)
      : shares_(cost(rate.burst)), per_minute_(rate.per_minute), burst_(rate.burst) {}

  /// Takes `count` tokens if there are as many, and else none. A `now` before an earlier one brings
  /// nothing back and does no harm.
  constexpr bool take(Instant now, std::uint32_t count = 1) {
    shares_ = level(now);
    if (now > filled_) filled_ = now;
    if (shares_ < cost(count)) return false;
    shares_ -= cost(count);
    return true;
  }

  /// How long until `take(count)` succeeds if nothing else is taken: zero if it would now,
  /// `Duration::max()` if it never will.
  constexpr Duration retry_after(Instant now, std::uint32_t count = 1) const {
    const std::uint64_t held = level(now);
    if (held >= cost(count)) return Duration::zero();
    if (per_minute_ == 0 || count > burst_) return Duration::max();
    const std::uint64_t missing = cost(count) - held;
    return Duration(static_cast<Duration::rep>((missing + per_minute_ - 1) / per_minute_));
  }

  /// Whole tokens that can be taken now. At `burst` the bucket is as good as a fresh one, so
  /// whoever keeps many may forget it.
  constexpr std::uint32_t available(Instant now) const {
    return static_cast<std::uint32_t>(level(now) / shares_per_token);
  }

 private:
  static constexpr std::uint64_t shares_per_token = 60'000'000;

  static constexpr std::uint64_t cost(std::uint32_t tokens) { return shares_per_token * tokens; }

  constexpr std::uint64_t level(Instant now) const {
    const std::uint64_t room = cost(burst_) - shares_;
    if (now <= filled_ || per_minute_ == 0 || room == 0) return shares_;
    // Unsigned, because the two ends of the time line lie further apart than a Duration reaches.
    const std::uint64_t elapsed = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                                  static_cast<std::uint64_t>(filled_.time_since_epoch().count());
    if (elapsed > room / per_minute_) return cost(burst_);
    return shares_ + elapsed * per_minute_;
  }

  Instant filled_ = Instant::min();
  std::uint64_t shares_;
  std::uint32_t per_minute_;
  std::uint32_t burst_;
};

static_assert(sizeof(TokenBucket) == 24, "there are several for each of 100,000 connections");

}  // namespace pigeon
