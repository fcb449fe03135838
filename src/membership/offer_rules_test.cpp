#include "membership/offer_rules.hpp"

#include <gmock/gmock.h>

#include "membership/membership_testing.hpp"

namespace pigeon::membership {
namespace {

using ::testing::IsEmpty;
using State = Membership::State;

constexpr PeerId alice = peer_id(0x10);
constexpr PeerId bob = peer_id(0x90);
constexpr PeerId greater = peer_id(0xf8);

/// Links in buckets 0 to 3 and as many in bucket 0 as there is room for.
MembershipUnderTest full_peer(MembershipOptions options = {}) {
  MembershipUnderTest peer(great_self, options);
  for (const PeerId& one : {peer_id(0x90), peer_id(0xd0), peer_id(0xe0)}) peer.accept(one);
  for (std::uint8_t i = 1; peer.membership.occupied_count() < options.links_max; ++i) {
    peer.now.monotonic += 1s;
    peer.accept(peer_id(0x10, i));
  }
  return peer;
}

/// One link in each of four buckets, and no room.
MembershipUnderTest lean_peer() {
  MembershipUnderTest peer(great_self, {.links_max = 4});
  for (const PeerId& one : {peer_id(0x10), peer_id(0x90), peer_id(0xd0), peer_id(0xe0)})
    peer.accept(one);
  return peer;
}

TEST(OfferRulesTest, AStrangerIsLetInWhoeverIsGreater) {
  MembershipUnderTest peer;

  EXPECT_EQ(peer.offer(alice, false).verdict, OfferVerdict::accept);
  EXPECT_EQ(peer.offer(greater).verdict, OfferVerdict::accept);
  EXPECT_EQ(peer.offer(great_self).verdict, OfferVerdict::ignore);

  EXPECT_EQ(peer.state(alice), State::answering);
  EXPECT_EQ(peer.membership.occupied_count(), 2U);
}

TEST(OfferRulesTest, OfCrossedOffersTheGreaterIdsWins) {
  MembershipUnderTest peer;
  peer.membership.call(alice, peer.now);
  peer.membership.call(greater, peer.now);

  EXPECT_EQ(peer.offer(alice).verdict, OfferVerdict::ignore);
  EXPECT_EQ(peer.offer(greater).verdict, OfferVerdict::yield_and_accept);

  EXPECT_EQ(peer.state(alice), State::calling);
  EXPECT_EQ(peer.state(greater), State::answering);
}

TEST(OfferRulesTest, AnUnansweredCallYieldsToALaterOffer) {
  MembershipUnderTest peer;
  peer.membership.call(alice, peer.now);
  peer.calls_within(999ms);
  EXPECT_EQ(peer.offer(alice, false).verdict, OfferVerdict::ignore);
  peer.calls_within(1ms);

  EXPECT_EQ(peer.offer(alice, false).verdict, OfferVerdict::yield_and_accept);

  EXPECT_EQ(peer.state(alice), State::answering);
  EXPECT_EQ(peer.membership.occupied_count(), 1U);
}

TEST(OfferRulesTest, OffersDoNotBreakALinkThatIsHeardHoweverManyAndWhenever) {
  MembershipUnderTest peer;
  peer.accept(alice);
  for (const Duration pause : {Duration(1s), Duration(399ms), Duration(25s), Duration(31s)}) {
    for (int i = 0; i < 5; ++i) {
      peer.calls_within(pause);
      EXPECT_EQ(peer.offer(alice).verdict, OfferVerdict::ignore);
      EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));
    }
  }
  EXPECT_EQ(peer.state(alice), State::linked);
}

TEST(OfferRulesTest, AnOfferForASilentLinkShowsThatThePeerHasStartedAnew) {
  MembershipUnderTest peer;
  peer.accept(alice);
  peer.membership.note_silence(alice, true);

  EXPECT_EQ(peer.offer(alice).verdict, OfferVerdict::yield_and_accept);

  EXPECT_EQ(peer.state(alice), State::answering);
  EXPECT_EQ(peer.membership.linked_count(), 0U);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));
}

TEST(OfferRulesTest, ALinkThatFallsSilentSoonAfterAnOfferHasVanished) {
  MembershipUnderTest peer;
  peer.accept(alice);
  peer.calls_within(1h);
  peer.offer(alice);
  peer.calls_within(30s);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));

  peer.membership.note_silence(alice, true);
  EXPECT_TRUE(peer.membership.has_vanished(alice, peer.now));
  peer.membership.note_silence(alice, false);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));
}

TEST(OfferRulesTest, SilenceAloneOrLongAfterAnOfferIsWaitedOut) {
  MembershipUnderTest peer;
  peer.accept(alice);
  peer.membership.note_silence(alice, true);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now)) << "the offer that made the link";

  peer.membership.note_silence(alice, false);
  peer.calls_within(1s);
  peer.offer(alice);
  peer.calls_within(31s);
  peer.membership.note_silence(alice, true);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));
}

TEST(OfferRulesTest, ASilentPeerThatTheHubHasLostHasVanished) {
  MembershipUnderTest peer;
  peer.accept(alice);
  peer.membership.forget(alice);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));

  peer.membership.note_silence(alice, true);
  EXPECT_TRUE(peer.membership.has_vanished(alice, peer.now));
  peer.discover(alice);
  EXPECT_FALSE(peer.membership.has_vanished(alice, peer.now));
}

TEST(OfferRulesTest, ALaterOfferReplacesTheOneThatIsBeingAnswered) {
  MembershipUnderTest peer;
  peer.offer(alice);
  EXPECT_EQ(peer.offer(alice).verdict, OfferVerdict::ignore);

  peer.calls_within(2s);

  EXPECT_EQ(peer.offer(alice).verdict, OfferVerdict::yield_and_accept);
  EXPECT_EQ(peer.state(alice), State::answering);
}

TEST(OfferRulesTest, AnotherSpellingOfALinkedPeersIdIsIgnored) {
  MembershipUnderTest peer;
  peer.accept(peer_id(0xab, 0xcd));
  const auto upper = *wire::SpelledId::parse("ABCD" + std::string(36, '0'));
  for (int i = 0; i < 5; ++i) {
    peer.calls_within(10s);
    EXPECT_EQ(peer.membership.judge_offer(upper, true, peer.now).verdict, OfferVerdict::ignore);
  }
}

TEST(OfferRulesTest, WithoutARedundantLinkAFullPeerRejects) {
  MembershipUnderTest peer = lean_peer();

  EXPECT_EQ(peer.offer(greater).verdict, OfferVerdict::reject_full);
  EXPECT_EQ(peer.offer(peer_id(0x11)).verdict, OfferVerdict::reject_full);
  EXPECT_EQ(peer.offer(peer_id(0x11), false).verdict, OfferVerdict::reject_full);
  EXPECT_EQ(peer.membership.linked_count(), 4U);
}

TEST(OfferRulesTest, ARedundantLinkGivesWayToAPeerInAnEmptyBucket) {
  MembershipUnderTest peer = full_peer();

  const OfferDecision decision = peer.offer(greater);

  EXPECT_EQ(decision.verdict, OfferVerdict::evict_and_accept);
  ASSERT_TRUE(decision.victim);
  EXPECT_EQ(common_prefix_bits(*decision.victim, great_self), 0U);
  EXPECT_EQ(peer.state(*decision.victim), State::discovered);
  EXPECT_EQ(peer.state(greater), State::answering);
  EXPECT_EQ(peer.membership.occupied_count(), 16U);
}

TEST(OfferRulesTest, TheEvictedPeerIsNotCalledForAWhile) {
  MembershipUnderTest peer = full_peer();
  const PeerId victim = *peer.offer(greater).victim;
  peer.lose(greater, LossReason::left);
  for (std::uint8_t i = 1; i < 14; ++i) {
    if (peer_id(0x10, i) != victim) peer.lose(peer_id(0x10, i), LossReason::left);
  }

  EXPECT_THAT(peer.calls_within(29s), IsEmpty());
  EXPECT_THAT(peer.calls_within(2s), ::testing::ElementsAre(victim));
}

TEST(OfferRulesTest, CrowdedBucketsGiveWayToThinOnesButNotBack) {
  MembershipUnderTest peer = full_peer();

  EXPECT_EQ(peer.offer(peer_id(0x91)).verdict, OfferVerdict::evict_and_accept);
  EXPECT_EQ(peer.offer(peer_id(0x20)).verdict, OfferVerdict::reject_full);
}

TEST(OfferRulesTest, NobodyIsEvictedIfTheUserDoesNotWantIt) {
  MembershipUnderTest peer = full_peer({.evicts = false});

  EXPECT_EQ(peer.offer(greater).verdict, OfferVerdict::reject_full);
}

TEST(OfferRulesTest, SomeRedundantLinksGiveWayToPeersOfUpstream) {
  MembershipUnderTest peer = full_peer();
  std::size_t accepted = 0;
  for (std::uint8_t i = 0; i < 10; ++i) {
    const OfferDecision decision = peer.offer(peer_id(0x60, i), false);
    if (decision.verdict != OfferVerdict::evict_and_accept) continue;
    ++accepted;
    peer.membership.link_opened(peer_id(0x60, i), peer.now);
  }

  EXPECT_EQ(accepted, 4U);
}

TEST(OfferRulesTest, AnAttemptGivesWayToAnOfferInItsBucket) {
  MembershipUnderTest peer(great_self, {.links_max = 3, .links_min = 1});
  peer.accept(peer_id(0xd0));
  peer.accept(peer_id(0xe0));
  peer.membership.call(alice, peer.now);

  EXPECT_EQ(peer.offer(bob).verdict, OfferVerdict::reject_full);
  const OfferDecision decision = peer.offer(peer_id(0x11));

  EXPECT_EQ(decision.verdict, OfferVerdict::evict_and_accept);
  EXPECT_EQ(decision.victim, alice);
  EXPECT_EQ(peer.state(alice), State::discovered);
}

TEST(OfferRulesTest, WithFewLinksAnyAttemptGivesWay) {
  MembershipUnderTest peer(great_self, {.links_max = 2, .links_min = 1});
  peer.membership.call(alice, peer.now);
  peer.offer(bob);

  const OfferDecision decision = peer.offer(greater);

  EXPECT_EQ(decision.verdict, OfferVerdict::evict_and_accept);
  EXPECT_EQ(decision.victim, alice);
}

TEST(OfferRulesTest, OffersThatNobodyFollowsUpDoNotLockAPeerIn) {
  MembershipUnderTest peer;
  for (std::uint8_t i = 1; i <= 16; ++i) peer.offer(peer_id(0x10, i));
  EXPECT_EQ(peer.offer(bob).verdict, OfferVerdict::reject_full);

  peer.now.monotonic += 5s;

  const OfferDecision decision = peer.offer(bob);
  EXPECT_EQ(decision.verdict, OfferVerdict::evict_and_accept);
  EXPECT_EQ(decision.victim, peer_id(0x10, 1));
}

}  // namespace
}  // namespace pigeon::membership
