#include "membership/membership.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "membership/membership_testing.hpp"

namespace pigeon::membership {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using State = Membership::State;

constexpr PeerId alice = peer_id(0x10);
constexpr PeerId bob = peer_id(0x90);
constexpr PeerId carol = peer_id(0xd0);
constexpr PeerId dave = peer_id(0xe0);

TEST(MembershipTest, KnowsAPeerOnceAndItselfNever) {
  MembershipUnderTest peer;

  EXPECT_TRUE(peer.discover(alice));
  EXPECT_FALSE(peer.discover(alice));
  EXPECT_FALSE(peer.discover(great_self));

  EXPECT_THAT(peer.membership.peers(), SizeIs(1));
  EXPECT_EQ(peer.state(alice), State::discovered);
  EXPECT_FALSE(peer.membership.find(great_self));
}

TEST(MembershipTest, WaitsForNothingAtFirst) {
  MembershipUnderTest peer;

  EXPECT_THAT(peer.calls(), IsEmpty());
  EXPECT_EQ(peer.membership.next_timeout(), Instant::max());
}

TEST(MembershipTest, CallsASmallerPeerAtOnce) {
  MembershipUnderTest peer;
  peer.discover(alice);

  EXPECT_THAT(peer.calls(), ElementsAre(alice));
  EXPECT_EQ(peer.state(alice), State::calling);
  EXPECT_THAT(peer.calls(), IsEmpty());

  peer.membership.link_opened(alice, peer.now);
  EXPECT_EQ(peer.state(alice), State::linked);
  EXPECT_EQ(peer.membership.linked_count(), 1U);
}

TEST(MembershipTest, LetsANewcomerOfUpstreamCallFirst) {
  MembershipUnderTest peer;
  peer.discover(alice, false);

  EXPECT_THAT(peer.calls_within(299ms), IsEmpty());
  EXPECT_EQ(peer.offer(alice, false).verdict, OfferVerdict::accept);

  peer.discover(bob, false);
  EXPECT_THAT(peer.calls_within(300ms), ElementsAre(bob));
}

TEST(MembershipTest, LeavesTheCallToAGreaterPeerForAWhile) {
  MembershipUnderTest peer(small_self);
  peer.discover(alice);

  EXPECT_THAT(peer.calls_within(2'999ms), IsEmpty());
  EXPECT_THAT(peer.calls_within(1ms), ElementsAre(alice));
}

TEST(MembershipTest, TheWhileBeginsAnewWhenTheNeedArisesAnew) {
  MembershipUnderTest peer(small_self);
  peer.accept(alice);
  peer.accept(bob);
  peer.discover(peer_id(0x11));
  peer.links_within(1min);

  peer.lose(peer_id(0x11), LossReason::left);
  peer.lose(alice, LossReason::left);
  peer.discover(peer_id(0x12));

  EXPECT_THAT(peer.calls_within(2'999ms), IsEmpty());
  EXPECT_THAT(peer.calls_within(1ms), ElementsAre(peer_id(0x12)));
}

TEST(MembershipTest, CallsAGreaterPeerOfUpstreamOnlyWhenAlone) {
  MembershipUnderTest peer(small_self);
  peer.accept(bob);
  peer.discover(alice, false);
  EXPECT_THAT(peer.calls_within(1min), IsEmpty());

  peer.lose(bob, LossReason::left);

  EXPECT_THAT(peer.calls_within(2'999ms), IsEmpty());
  EXPECT_THAT(peer.calls_within(1ms), ElementsAre(alice));
}

TEST(MembershipTest, FillsBucketsBeforeItCallsByChance) {
  MembershipUnderTest peer(great_self, {.attempts_max = 4});
  for (std::uint8_t i = 1; i < 30; ++i) peer.discover(peer_id(0x10, i));
  for (const PeerId& one : {bob, carol, dave}) peer.discover(one);

  const auto called = peer.calls_within(1s);

  ASSERT_THAT(called, SizeIs(4));
  EXPECT_EQ(common_prefix_bits(called[0], great_self), 0U);
  EXPECT_THAT(std::vector(called.begin() + 1, called.end()), ElementsAre(bob, carol, dave));
}

TEST(MembershipTest, WantsALinkForEachBucketAndSomeByChance) {
  MembershipUnderTest peer(great_self, {.random_links = 4});
  for (std::uint8_t i = 1; i < 30; ++i) peer.discover(peer_id(0x10, i));
  peer.discover(bob);

  EXPECT_THAT(peer.links_within(5min), SizeIs(6));
}

TEST(MembershipTest, AMinimumBeyondItsShapeIsReached) {
  MembershipUnderTest peer(great_self, {.links_max = 16, .links_min = 14});
  for (std::uint8_t i = 1; i < 40; ++i) peer.discover(peer_id(0x10, i));

  EXPECT_EQ(peer.links_within(2min).size(), 14U);

  peer.set_links_min(15);
  EXPECT_EQ(peer.links_within(2min).size(), 1U);
}

TEST(MembershipTest, LeavesSlotsToThoseWhoCall) {
  MembershipUnderTest peer(great_self, {.links_max = 16, .reserved = 4, .random_links = 40});
  for (std::uint8_t i = 1; i < 60; ++i) peer.discover(peer_id(0x10, i));

  EXPECT_THAT(peer.links_within(5min), SizeIs(12));
  for (std::uint8_t i = 100; i < 104; ++i) {
    EXPECT_EQ(peer.offer(peer_id(0x10, i)).verdict, OfferVerdict::accept);
  }
  EXPECT_EQ(peer.membership.occupied_count(), 16U);
}

TEST(MembershipTest, APeerWithFewSlotsReservesNone) {
  MembershipUnderTest peer(great_self, {.links_max = 3});
  for (std::uint8_t i = 1; i < 9; ++i) peer.discover(peer_id(0x10, i));

  EXPECT_THAT(peer.links_within(5min), SizeIs(3));
}

TEST(MembershipTest, MakesFewAttemptsAtATime) {
  MembershipUnderTest peer(great_self, {.attempts_max = 2});
  for (const PeerId& one : {alice, bob, carol, dave}) peer.discover(one);

  EXPECT_THAT(peer.calls_within(19s), ElementsAre(alice, bob));
  peer.membership.link_opened(alice, peer.now);
  EXPECT_THAT(peer.calls(), ElementsAre(carol));
}

TEST(MembershipTest, SpacesItsAttemptsOnceThereAreEnoughLinks) {
  MembershipUnderTest peer(great_self, {.links_min = 1});
  peer.accept(alice);
  for (const PeerId& one : {bob, carol, dave}) peer.discover(one);

  EXPECT_THAT(peer.calls(), ElementsAre(bob));
  EXPECT_THAT(peer.calls_within(99ms), IsEmpty());
  EXPECT_THAT(peer.calls_within(400ms), ElementsAre(carol, dave));
}

TEST(MembershipTest, PrefersPeersOfThisProjectForABucket) {
  MembershipUnderTest peer(great_self, {.random_links = 0});
  for (std::uint8_t i = 1; i < 20; ++i) peer.discover(peer_id(0x10, i), false);
  peer.discover(peer_id(0x20));

  EXPECT_THAT(peer.calls(), Contains(peer_id(0x20)));
}

TEST(MembershipTest, GivesUpAnAttemptThatTakesTooLong) {
  MembershipUnderTest peer;
  peer.discover(alice);
  peer.calls();

  EXPECT_THAT(peer.calls_within(19'999ms), IsEmpty());
  EXPECT_THAT(peer.evicted, IsEmpty());
  peer.calls_within(1ms);

  EXPECT_THAT(peer.evicted_peers(), ElementsAre(alice));
  EXPECT_EQ(peer.state(alice), State::discovered);
}

TEST(MembershipTest, WaitsLongerAfterEachFailureUpToABound) {
  MembershipUnderTest peer(great_self, {.retry_first = 1s, .retry_max = 8s});
  peer.discover(alice);
  ASSERT_THAT(peer.calls(), ElementsAre(alice));
  for (const int seconds : {1, 2, 4, 8, 8}) {
    const Duration wait = std::chrono::seconds(seconds);
    peer.lose(alice, LossReason::failed);
    const Instant failed_at = peer.now.monotonic;

    EXPECT_THAT(peer.calls_within(wait - 1us), IsEmpty());
    while (peer.calls().empty()) peer.now.monotonic = peer.membership.next_timeout();

    EXPECT_LE(peer.now.monotonic, failed_at + wait + wait / 2);
  }
}

TEST(MembershipTest, TriesALostPeerAgainSoon) {
  MembershipUnderTest peer;
  peer.discover(alice);
  peer.links_within(1s);

  peer.lose(alice, LossReason::lost);

  EXPECT_THAT(peer.calls(), IsEmpty());
  EXPECT_THAT(peer.calls_within(1s), ElementsAre(alice));
}

TEST(MembershipTest, DoesNotCallOneThatHasLeftUntilItIsNamedAgain) {
  MembershipUnderTest peer;
  peer.discover(alice);
  peer.links_within(1s);

  peer.lose(alice, LossReason::left);
  EXPECT_THAT(peer.calls_within(9min), IsEmpty());
  EXPECT_FALSE(peer.membership.find(alice));

  EXPECT_TRUE(peer.discover(alice));
  EXPECT_THAT(peer.calls(), ElementsAre(alice));
}

TEST(MembershipTest, LeavesAPeerThatMadeRoomInPeaceForAWhile) {
  MembershipUnderTest peer(great_self, {.eviction_pause = 60s});
  peer.discover(alice);
  peer.links_within(1s);

  peer.lose(alice, LossReason::evicted);

  EXPECT_THAT(peer.calls_within(59'999ms), IsEmpty());
  EXPECT_THAT(peer.calls_within(1ms), ElementsAre(alice));
}

TEST(MembershipTest, DoesNotUndoWhatTheApplicationClosed) {
  MembershipUnderTest peer;
  peer.discover(alice);
  peer.links_within(1s);

  peer.lose(alice, LossReason::closed_here);

  EXPECT_THAT(peer.calls_within(9min), IsEmpty());
  EXPECT_EQ(peer.offer(alice).verdict, OfferVerdict::accept);
}

TEST(MembershipTest, ForgettingAPeerDoesNotTouchItsLink) {
  MembershipUnderTest peer;
  peer.discover(alice);
  peer.discover(bob);
  peer.membership.forget(bob);
  EXPECT_THAT(peer.links_within(1min), ElementsAre(alice));

  peer.membership.forget(alice);
  EXPECT_EQ(peer.state(alice), State::linked);

  peer.lose(alice, LossReason::lost);
  EXPECT_THAT(peer.calls_within(1min), IsEmpty());
  EXPECT_FALSE(peer.membership.find(alice));
}

TEST(MembershipTest, ForgetsWhomNobodyNamesAnyMore) {
  MembershipUnderTest peer(great_self, {.dials_discovered = false});
  peer.discover(alice);
  peer.discover(bob);
  peer.calls_within(6min);
  peer.discover(bob);

  peer.calls_within(6min);

  EXPECT_FALSE(peer.membership.find(alice));
  EXPECT_TRUE(peer.membership.find(bob));
}

TEST(MembershipTest, ForgetsWhoFailsAndIsNotNamedAgain) {
  MembershipUnderTest peer;
  peer.discover(alice);

  const auto called = peer.calls_within(30min);

  EXPECT_FALSE(peer.membership.find(alice));
  EXPECT_GE(called.size(), 4U);
  EXPECT_EQ(peer.membership.next_timeout(), Instant::max());
}

TEST(MembershipTest, CallsForTheApplicationWhoeverItIs) {
  MembershipUnderTest peer(small_self, {.links_max = 2});

  EXPECT_TRUE(peer.membership.call(alice, peer.now));
  EXPECT_FALSE(peer.membership.call(alice, peer.now));
  EXPECT_FALSE(peer.membership.call(small_self, peer.now));
  EXPECT_THAT(peer.calls(), ElementsAre(alice));

  peer.accept(bob);
  EXPECT_FALSE(peer.membership.call(bob, peer.now));
  EXPECT_FALSE(peer.membership.call(carol, peer.now));
}

TEST(MembershipTest, WithoutAutomaticCallsOnlyTheApplicationAndOffersMakeLinks) {
  MembershipUnderTest peer(great_self, {.dials_discovered = false});
  peer.discover(alice);
  EXPECT_THAT(peer.calls_within(1min), IsEmpty());

  EXPECT_EQ(peer.offer(bob).verdict, OfferVerdict::accept);
  EXPECT_TRUE(peer.membership.call(alice, peer.now));
  EXPECT_THAT(peer.calls(), ElementsAre(alice));
}

TEST(MembershipTest, WithoutDistancesLinksAreMadeByChanceAlone) {
  MembershipUnderTest peer(great_self, {.uses_distance = false});
  for (std::uint8_t i = 1; i < 100; ++i) peer.discover(peer_id(0x10, i));
  peer.discover(bob);

  const auto linked = peer.links_within(1min);

  EXPECT_THAT(linked, SizeIs(12));
  EXPECT_THAT(linked, Not(Contains(bob)));
}

TEST(MembershipTest, HelpsANewcomerOfUpstreamThatCannotCallUs) {
  MembershipUnderTest peer(great_self, {.links_min = 1, .random_links = 0});
  peer.accept(alice);

  peer.discover(peer_id(0x11), true);
  EXPECT_THAT(peer.calls_within(10s), IsEmpty());
  peer.discover(peer_id(0x12), false);
  EXPECT_THAT(peer.calls_within(10s), ElementsAre(peer_id(0x12)));
}

TEST(MembershipTest, HelpsANewcomerAsSoonAsItMay) {
  MembershipUnderTest peer(great_self, {.links_min = 1, .random_links = 0});
  peer.accept(alice);
  peer.calls_within(1s);

  peer.discover(peer_id(0x12), false);
  EXPECT_THAT(peer.calls_within(1s), ElementsAre(peer_id(0x12)));
}

TEST(MembershipTest, TakesNoMoreNewcomersThanHalfOfTheReservedSlots) {
  MembershipUnderTest peer;
  for (std::uint8_t i = 1; i < 100; ++i) {
    peer.discover(peer_id(0x10, i), false);
    peer.links_within(1s);
  }

  EXPECT_EQ(peer.membership.linked_count(), 14U);
}

TEST(MembershipTest, ReplacesARedundantLinkWhenABucketNeedsOne) {
  MembershipUnderTest peer(great_self, {.links_max = 4, .reserved = 1, .random_links = 8});
  for (std::uint8_t i = 1; i < 4; ++i) peer.discover(peer_id(0x10, i));
  peer.links_within(1min);
  ASSERT_EQ(peer.membership.linked_count(), 3U);

  peer.discover(bob);
  EXPECT_THAT(peer.calls_within(15s), ElementsAre(bob));
  EXPECT_THAT(peer.evicted, IsEmpty());

  peer.membership.link_opened(bob, peer.now);
  peer.calls();
  ASSERT_THAT(peer.evicted, SizeIs(1));
  EXPECT_EQ(peer.evicted[0].reason, "topology optimization");
  EXPECT_NE(peer.evicted[0].peer, bob);
  EXPECT_EQ(peer.membership.linked_count(), 3U);
}

TEST(MembershipTest, NamesOfNobodyCostAFullPeerOneLinkAtMost) {
  MembershipUnderTest peer;
  for (std::uint8_t i = 1; i <= 16; ++i) peer.accept(peer_id(0x10, i));
  for (std::uint8_t i = 1; i < 100; ++i) {
    peer.discover(peer_id(0x90, i));
    peer.discover(peer_id(0xd0, i));
  }

  const auto called = peer.calls_within(9min);

  EXPECT_GT(called.size(), 10U);
  EXPECT_GE(peer.membership.linked_count(), 15U);
}

TEST(MembershipTest, FewerSlotsCloseTheMostRedundantLinks) {
  MembershipUnderTest peer;
  for (std::uint8_t i = 1; i < 6; ++i) peer.accept(peer_id(0x10, i));
  for (const PeerId& one : {bob, carol, dave}) peer.accept(one);

  peer.set_links_max(4);
  peer.calls();

  EXPECT_EQ(peer.membership.linked_count(), 4U);
  EXPECT_THAT(peer.evicted, SizeIs(4));
  EXPECT_EQ(peer.evicted[0].reason, "over max peers limit");
  for (const PeerId& one : {bob, carol, dave}) EXPECT_EQ(peer.state(one), State::linked);
  peer.set_links_max(0);
  EXPECT_EQ(peer.membership.links_max(), 1U);
  peer.set_links_max(1'000);
  EXPECT_EQ(peer.membership.links_max(), 50U);
  peer.set_links_min(1'000);
  EXPECT_EQ(peer.membership.links_min(), 49U);
}

TEST(MembershipTest, ForgetsTheOldestOfAHundredThousandNames) {
  MembershipUnderTest peer;
  Random random = Random::from_number(3);
  std::size_t called = 0;
  PeerId last;
  for (int i = 0; i < 100'000; ++i) {
    last = random.id<PeerId>();
    EXPECT_TRUE(peer.discover(last, i % 2 == 0));
    called += peer.calls().size();
  }

  EXPECT_TRUE(peer.membership.find(last));
  EXPECT_LE(peer.membership.peers().size(), 4'096U + 4U);
  EXPECT_LE(called, 4U);
}

TEST(MembershipTest, DoesNothingWhenNothingHasChanged) {
  MembershipUnderTest peer;
  peer.discover(alice);
  peer.links_within(1min);
  const Instant next = peer.membership.next_timeout();

  EXPECT_GT(next, peer.now.monotonic);
  EXPECT_LE(next, peer.now.monotonic + 15s);
  EXPECT_THAT(peer.membership.take_actions(peer.now), IsEmpty());
  EXPECT_EQ(peer.membership.next_timeout(), next);
}

TEST(MembershipTest, RemembersWhatIsProvenOfAPeer) {
  MembershipUnderTest peer;
  peer.discover(alice, false);
  peer.membership.note_capable(alice);
  peer.membership.note_verified(alice);
  peer.accept(bob, false);
  peer.membership.note_capable(bob);
  peer.membership.note_verified(bob);

  for (const PeerId& one : {alice, bob}) {
    EXPECT_TRUE(peer.membership.find(one)->is_capable);
    EXPECT_TRUE(peer.membership.find(one)->is_verified);
  }
}

TEST(MembershipTest, CallsProvenPeersFirstIfThatIsWanted) {
  MembershipUnderTest peer(great_self, {.random_links = 0, .prefers_verified = true});
  peer.discover(alice);
  peer.discover(peer_id(0x11));
  peer.membership.note_verified(alice);

  int calls_of_alice = 0;
  for (int i = 0; i < 20; ++i) {
    for (const PeerId& called : peer.calls()) {
      if (called == alice) ++calls_of_alice;
      peer.lose(called, LossReason::evicted);
    }
    peer.now.monotonic += 31s;
  }

  EXPECT_GT(calls_of_alice, 12);
}

TEST(MembershipTest, KeepsTheLowerCaseSpellingOfAnId) {
  MembershipUnderTest peer;
  const PeerId mixed = peer_id(0xab, 0xcd);
  const auto upper = *wire::SpelledId::parse("ABCD" + std::string(36, '0'));
  peer.membership.discover(upper, true, peer.now);
  EXPECT_EQ(peer.membership.find(mixed)->spelled, upper);

  peer.discover(mixed);
  peer.membership.discover(upper, true, peer.now);

  EXPECT_EQ(peer.membership.find(mixed)->spelled, (wire::SpelledId{mixed, 0}));
}

TEST(MembershipTest, ShowsPeersInTheOrderOfTheirIds) {
  MembershipUnderTest peer;
  peer.discover(carol);
  peer.accept(bob);
  peer.discover(alice);

  std::vector<PeerId> shown;
  for (const auto& one : peer.membership.peers()) shown.push_back(one.spelled.id);

  EXPECT_THAT(shown, ElementsAre(alice, bob, carol));
}

TEST(MembershipTest, NamesToANeighborThoseThatAreNearestToIt) {
  MembershipUnderTest peer;
  for (const PeerId& one : {alice, bob, carol, dave}) peer.accept(one);
  peer.accept(peer_id(0xd1), false);
  peer.discover(peer_id(0xd2));

  EXPECT_THAT(peer.membership.neighbors_near(carol, 2),
              ElementsAre(wire::SpelledId{dave, 0}, wire::SpelledId{bob, 0}));
  EXPECT_THAT(peer.membership.neighbors_near(carol, 9), SizeIs(3));
}

TEST(MembershipTest, NewsOfALinkThatIsOverChangesNothing) {
  MembershipUnderTest peer;

  peer.lose(alice, LossReason::lost);

  EXPECT_THAT(peer.membership.peers(), IsEmpty());
}

}  // namespace
}  // namespace pigeon::membership
