#include "base/token_bucket.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

constexpr std::uint32_t u32_max = std::numeric_limits<std::uint32_t>::max();

constexpr Instant at(Duration since_start) { return Instant(since_start); }

std::uint32_t take_all(TokenBucket& bucket, Instant now) {
  std::uint32_t taken = 0;
  while (bucket.take(now)) ++taken;
  return taken;
}

TEST(TokenBucketTest, StartsFullWhateverTheTime) {
  for (const Instant now : {Instant::min(), at(-5s), at(0s), at(1h), Instant::max()}) {
    TokenBucket bucket({.per_minute = 60 * 10, .burst = 7});

    EXPECT_EQ(take_all(bucket, now), 7U);
  }
}

TEST(TokenBucketTest, BringsTokensBackAtItsRate) {
  TokenBucket bucket({.per_minute = 60 * 4, .burst = 2});
  take_all(bucket, at(0s));

  EXPECT_FALSE(bucket.take(at(249'999us)));
  EXPECT_TRUE(bucket.take(at(250ms)));
  EXPECT_FALSE(bucket.take(at(499'999us)));
  EXPECT_TRUE(bucket.take(at(500ms)));
}

TEST(TokenBucketTest, NeverHoldsMoreThanItsBurst) {
  TokenBucket bucket({.per_minute = 60 * 1'000, .burst = 3});
  take_all(bucket, at(0s));

  EXPECT_EQ(take_all(bucket, at(1h)), 3U);
}

TEST(TokenBucketTest, RefusedTakeCostsNothing) {
  TokenBucket bucket({.per_minute = 60 * 1, .burst = 5});

  EXPECT_FALSE(bucket.take(at(0s), 6));
  EXPECT_TRUE(bucket.take(at(0s), 5));
}

TEST(TokenBucketTest, TakingNothingAlwaysSucceeds) {
  TokenBucket bucket({.per_minute = 0, .burst = 0});

  EXPECT_TRUE(bucket.take(at(0s), 0));
  EXPECT_FALSE(bucket.take(at(0s), 1));
}

TEST(TokenBucketTest, RateOfZeroGivesTheBurstOnce) {
  TokenBucket bucket({.per_minute = 0, .burst = 2});

  EXPECT_EQ(take_all(bucket, at(0s)), 2U);
  EXPECT_EQ(take_all(bucket, Instant::max()), 0U);
  EXPECT_EQ(bucket.retry_after(Instant::max()), Duration::max());
}

TEST(TokenBucketTest, DoesNotDriftAtARateThatDividesNoSecond) {
  TokenBucket bucket({.per_minute = 60 * 7, .burst = 10});
  take_all(bucket, at(0s));

  std::uint64_t taken = 0;
  for (std::int64_t us = 0; us <= 600'000'000; us += 997) {
    if (bucket.take(at(Duration(us)))) ++taken;
  }

  // The last step before 600 s is at 599,999,551 us, when the 4,200th token still lacks 449 us.
  EXPECT_EQ(taken, 4'199U);
}

TEST(TokenBucketTest, PollingOftenGivesNoMoreAndNoLess) {
  TokenBucket seldom({.per_minute = 60 * 3, .burst = 100});
  TokenBucket often({.per_minute = 60 * 3, .burst = 100});
  take_all(seldom, at(0s));
  take_all(often, at(0s));

  for (std::int64_t us = 1; us <= 1'000'000; ++us) often.take(at(Duration(us)), 100);

  EXPECT_EQ(often.available(at(1s)), 3U);
  EXPECT_EQ(seldom.available(at(1s)), 3U);
  EXPECT_EQ(often.retry_after(at(1s), 4), seldom.retry_after(at(1s), 4));
}

TEST(TokenBucketTest, TimeThatGoesBackBringsNothing) {
  TokenBucket bucket({.per_minute = 60 * 1, .burst = 1});
  take_all(bucket, at(10s));

  EXPECT_FALSE(bucket.take(at(3s)));
  EXPECT_FALSE(bucket.take(Instant::min()));
  EXPECT_FALSE(bucket.take(at(10'999ms)));
  EXPECT_TRUE(bucket.take(at(11s)));
}

TEST(TokenBucketTest, SurvivesTheWholeTimeLineAndTheLargestRates) {
  TokenBucket bucket({.per_minute = u32_max, .burst = u32_max});

  EXPECT_TRUE(bucket.take(Instant::min(), u32_max));
  EXPECT_FALSE(bucket.take(Instant::min(), u32_max));
  EXPECT_TRUE(bucket.take(Instant::max(), u32_max));
  EXPECT_EQ(bucket.available(Instant::max()), 0U);
  EXPECT_EQ(bucket.retry_after(Instant::max(), u32_max), Duration(1min));
}

TEST(TokenBucketTest, RetryAfterIsTheFirstMomentThatSucceeds) {
  Random random = Random::from_number(1);
  Instant now = at(0s);
  for (int round = 0; round < 2'000; ++round) {
    const TokenRate rate{.per_minute = 60 * static_cast<std::uint32_t>(1 + random.below(3'000'000)),
                         .burst = static_cast<std::uint32_t>(1 + random.below(50))};
    TokenBucket bucket(rate);
    bucket.take(now, static_cast<std::uint32_t>(1 + random.below(rate.burst)));
    now += Duration(static_cast<std::int64_t>(random.below(60'000'000) / rate.per_minute));
    const auto count = static_cast<std::uint32_t>(1 + random.below(rate.burst));

    const Duration wait = bucket.retry_after(now, count);

    TokenBucket early = bucket;
    EXPECT_EQ(early.take(now + std::max(wait - 1us, Duration::zero()), count),
              wait == Duration::zero());
    EXPECT_TRUE(bucket.take(now + wait, count));
  }
}

TEST(TokenBucketTest, RetryAfterSaysNeverForMoreThanTheBurst) {
  const TokenBucket bucket({.per_minute = 60 * 5, .burst = 4});

  EXPECT_EQ(bucket.retry_after(at(0s), 4), Duration::zero());
  EXPECT_EQ(bucket.retry_after(at(0s), 5), Duration::max());
}

TEST(TokenBucketTest, AnyWindowGivesAtMostBurstAndRate) {
  Random random = Random::from_number(2);
  for (int round = 0; round < 200; ++round) {
    const TokenRate rate{.per_minute = 60 * static_cast<std::uint32_t>(random.below(100)),
                         .burst = static_cast<std::uint32_t>(random.below(20))};
    TokenBucket bucket(rate);
    std::int64_t us = 0;
    std::uint64_t taken = 0;
    for (int step = 0; step < 500; ++step) {
      us += static_cast<std::int64_t>(random.below(100'000));
      const auto count = static_cast<std::uint32_t>(random.below(4));
      if (bucket.take(at(Duration(us)), count)) taken += count;

      const auto allowed = static_cast<std::uint64_t>(us) * rate.per_minute / 60'000'000;
      ASSERT_LE(taken, rate.burst + allowed);
    }
  }
}

}  // namespace
}  // namespace pigeon
