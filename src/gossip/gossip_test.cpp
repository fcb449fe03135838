#include "gossip/gossip.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::gossip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

PeerId peer(std::uint8_t number) {
  std::array<std::uint8_t, PeerId::byte_count> bytes{};
  bytes[0] = number;
  return PeerId(bytes);
}

const PeerId self = peer(1);
const PeerId alice = peer(2);
const PeerId bob = peer(3);
const PeerId carol = peer(4);
const PeerId dave = peer(5);

constexpr std::int64_t wall_ms = 1'700'000'000'000;

Now at(Duration since_start) {
  return {.monotonic = Instant(since_start), .wall_ms = wall_ms + since_start / 1ms};
}

MessageId message(std::uint64_t number) { return Random::from_number(number).id<MessageId>(); }

Gossip make_gossip(const GossipOptions& options = {}) {
  return Gossip(self, options, Random::from_number(1));
}

Header header(std::span<const PeerId> path, std::uint32_t ttl = 10) {
  return {.id = message(1), .from = alice, .ttl = ttl, .path = path};
}

TEST(GossipTest, WhatIsMadeUpNeitherShutsOutTheVerifiedNorMakesItForgotten) {
  Gossip gossip(self, {.seen_count_max = 2}, Random::from_number(1));
  EXPECT_TRUE(gossip.admit(message(1), false, at(0s)));
  EXPECT_TRUE(gossip.admit(message(1), true, at(0s)));
  for (std::uint64_t i = 2; i <= 10; ++i) gossip.admit(message(i), false, at(0s));

  EXPECT_FALSE(gossip.admit(message(1), true, at(0s)));
  EXPECT_TRUE(gossip.admit(message(1), false, at(0s)));
}

TEST(GossipTest, TakesAMessageFromItsOriginator) {
  const Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header(std::vector{alice}), alice), Verdict::take);
}

TEST(GossipTest, TakesAMessageThatNeighborsHavePassedOn) {
  const Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header(std::vector{alice, bob, carol}), carol), Verdict::take);
}

TEST(GossipTest, RefusesACopyOfWhatItAdmitted) {
  Gossip gossip = make_gossip();

  EXPECT_TRUE(gossip.admit(message(1), false, at(0s)));
  EXPECT_FALSE(gossip.admit(message(1), false, at(0s)));

  EXPECT_EQ(gossip.inspect(header(std::vector{alice, bob}), bob), Verdict::duplicate);
}

TEST(GossipTest, InspectionDoesNotKeepALaterCopyOut) {
  Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header(std::vector{alice}), alice), Verdict::take);
  EXPECT_EQ(gossip.inspect(header(std::vector{alice, bob}), bob), Verdict::take);
  EXPECT_TRUE(gossip.admit(message(1), false, at(0s)));
}

TEST(GossipTest, TakesAMessageWithItsLastTtlButPassesItToNobody) {
  const Gossip gossip = make_gossip();
  const std::vector path{alice};

  EXPECT_EQ(gossip.inspect(header(path, 0), alice), Verdict::expired);
  EXPECT_EQ(gossip.inspect(header(path, 1), alice), Verdict::take);
  EXPECT_THAT(gossip.targets(header(path, 1), alice, std::vector{alice, bob}), IsEmpty());
  EXPECT_THAT(gossip.targets(header(path, 2), alice, std::vector{alice, bob}), ElementsAre(bob));
}

TEST(GossipTest, PassesAMessageToEverybodyItHasNotVisited) {
  const Gossip gossip = make_gossip();

  const auto targets =
      gossip.targets(header(std::vector{alice, bob}), bob, std::vector{alice, bob, carol, dave});

  EXPECT_THAT(targets, ElementsAre(carol, dave));
}

TEST(GossipTest, DoesNotPassAMessageWithoutPathBackToItsSender) {
  const Gossip gossip = make_gossip();

  EXPECT_THAT(gossip.targets(header({}), alice, std::vector{alice, bob}), ElementsAre(bob));
}

TEST(GossipTest, SendsOwnMessagesToEveryNeighbor) {
  const Gossip gossip = make_gossip();
  const std::vector path{self};
  const Header own{.id = message(1), .from = self, .ttl = 40, .path = path};

  EXPECT_THAT(gossip.targets(own, self, std::vector{alice, bob}), ElementsAre(alice, bob));
}

TEST(GossipTest, RefusesWhatHasBeenThroughHere) {
  const Gossip gossip = make_gossip();
  const std::vector path{self, bob};
  const Header own{.id = message(1), .from = self, .ttl = 9, .path = path};

  EXPECT_EQ(gossip.inspect(header(std::vector{alice, self, bob}), bob), Verdict::looped);
  EXPECT_EQ(gossip.inspect(own, bob), Verdict::looped);
}

TEST(GossipTest, RefusesOurOwnNameAsTheSender) {
  const Gossip gossip = make_gossip();
  const Header forged{.id = message(1), .from = self, .ttl = 10, .path = {}};

  EXPECT_EQ(gossip.inspect(forged, bob), Verdict::looped);
}

TEST(GossipTest, RefusesAPathThatDoesNotBeginWithTheSender) {
  const Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header(std::vector{carol, bob}), bob), Verdict::misrouted);
  EXPECT_EQ(gossip.inspect(header(std::vector{bob}), bob), Verdict::misrouted);
}

TEST(GossipTest, RefusesAPathThatDoesNotEndWithTheNeighbor) {
  const Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header(std::vector{alice, carol}), bob), Verdict::misrouted);
  EXPECT_EQ(gossip.inspect(header(std::vector{alice}), bob), Verdict::misrouted);
}

TEST(GossipTest, TakesAMessageWithoutPathOnlyFromItsSender) {
  const Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header({}), alice), Verdict::take);
  EXPECT_EQ(gossip.inspect(header({}), bob), Verdict::misrouted);
}

TEST(GossipTest, RefusesAPathThatGoesThroughAPeerTwice) {
  const Gossip gossip = make_gossip();

  EXPECT_EQ(gossip.inspect(header(std::vector{alice, carol, dave, carol, bob}), bob),
            Verdict::misrouted);
  EXPECT_EQ(gossip.inspect(header(std::vector{alice, bob, alice}), alice), Verdict::misrouted);
}

TEST(GossipTest, RefusesAPathLongerThanTheLongestThatIsDecoded) {
  const Gossip gossip = make_gossip();
  std::vector<PeerId> path{alice};
  Random random = Random::from_number(2);
  while (path.size() < 64) path.push_back(random.id<PeerId>());

  path.back() = bob;
  EXPECT_EQ(gossip.inspect(header(path), bob), Verdict::take);
  path.insert(path.begin() + 1, carol);
  EXPECT_EQ(gossip.inspect(header(path), bob), Verdict::misrouted);
}

TEST(GossipTest, RemembersABoundedNumberOfIdsWhoeverSendsThem) {
  Gossip gossip = make_gossip({.seen_count_max = 1'000});

  Random random = Random::from_number(3);
  for (int i = 0; i < 100'000; ++i) gossip.admit(random.id<MessageId>(), false, at(0s));

  EXPECT_EQ(gossip.seen_count(), 1'000U);
}

TEST(GossipTest, ForgetsTheOldestIdFirst) {
  Gossip gossip = make_gossip({.seen_count_max = 2});

  for (std::uint64_t i = 1; i <= 3; ++i) gossip.admit(message(i), false, at(0s));

  EXPECT_TRUE(gossip.admit(message(1), false, at(0s)));
  EXPECT_FALSE(gossip.admit(message(3), false, at(0s)));
}

TEST(GossipTest, ForgetsIdsWhenTheirTimeIsOver) {
  Gossip gossip = make_gossip();
  gossip.admit(message(1), false, at(0s));

  gossip.handle_timeout(at(15min - 1ms));
  EXPECT_EQ(gossip.seen_count(), 1U);
  ASSERT_GE(gossip.next_timeout(), at(15min).monotonic);
  ASSERT_LE(gossip.next_timeout(), at(15min + 30s).monotonic);
  gossip.handle_timeout({.monotonic = gossip.next_timeout()});

  EXPECT_EQ(gossip.seen_count(), 0U);
  EXPECT_EQ(gossip.next_timeout(), Instant::max());
}

TEST(GossipTest, ForgetsASteadyStreamInFewTimeouts) {
  Gossip gossip = make_gossip();
  for (std::uint64_t i = 0; i < 6'000; ++i) {
    gossip.admit(message(i), false, at(10ms * i));
  }

  int timeouts = 0;
  while (gossip.next_timeout() != Instant::max()) {
    gossip.handle_timeout({.monotonic = gossip.next_timeout()});
    ++timeouts;
  }

  EXPECT_EQ(gossip.seen_count(), 0U);
  EXPECT_LE(timeouts, 3);
}

TEST(GossipTest, KnowsWhetherASignedMessageIsFresh) {
  const Gossip gossip = make_gossip();

  EXPECT_TRUE(gossip.is_fresh(wall_ms, at(0s)));
  EXPECT_TRUE(gossip.is_fresh(wall_ms - 300'000, at(0s)));
  EXPECT_TRUE(gossip.is_fresh(wall_ms + 300'000, at(0s)));
  EXPECT_FALSE(gossip.is_fresh(wall_ms - 300'001, at(0s)));
  EXPECT_FALSE(gossip.is_fresh(wall_ms + 300'001, at(0s)));
}

TEST(GossipTest, AbsurdTimesAreNotFresh) {
  const Gossip gossip = make_gossip();

  EXPECT_FALSE(gossip.is_fresh(std::numeric_limits<std::int64_t>::min(), at(0s)));
  EXPECT_FALSE(gossip.is_fresh(std::numeric_limits<std::int64_t>::max(), at(0s)));
  EXPECT_FALSE(gossip.is_fresh(0, at(0s)));
}

TEST(GossipTest, ASpreadPassesOnceWhereItsGreedyCopyHasBeen) {
  Gossip gossip = make_gossip();
  gossip.admit(message(1), false, at(0s));

  EXPECT_TRUE(gossip.admit(spread_id(message(1), at(10ms)), false, at(10ms)));
  EXPECT_FALSE(gossip.admit(spread_id(message(1), at(1s)), false, at(1s)));
}

TEST(GossipTest, AnotherAttemptToSpreadPassesAgain) {
  Gossip gossip = make_gossip();

  for (const Duration attempt : {0s, 2s, 4s, 6s}) {
    EXPECT_TRUE(gossip.admit(spread_id(message(1), at(attempt)), false, at(attempt)));
  }
}

TEST(GossipTest, SpreadIdsDiffer) {
  EXPECT_NE(spread_id(message(1), at(0s)), message(1));
  EXPECT_NE(spread_id(message(1), at(0s)), spread_id(message(2), at(0s)));
  EXPECT_NE(spread_id(spread_id(message(1), at(0s)), at(0s)), message(1));
}

}  // namespace
}  // namespace pigeon::gossip
