#include "routing/routing.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PeerId peer(std::uint8_t number) {
  std::array<std::uint8_t, PeerId::byte_count> bytes{};
  bytes[0] = number;
  return PeerId(bytes);
}

Now at(Duration since_start) { return {.monotonic = Instant(since_start)}; }

MessageId message(std::uint64_t number) { return Random::from_number(number).id<MessageId>(); }

using Peers = std::vector<PeerId>;

// Distances to `target`: `far` 0xff, `aside` 0xbf, we 0x7f, `near` 0x3f, `nearer` 0x1f. The first
// two are no nearer to it than we are.
const PeerId target = peer(0xff);
const PeerId far = peer(0x00);
const PeerId aside = peer(0x40);
const PeerId self = peer(0x80);
const PeerId near = peer(0xc0);
const PeerId nearer = peer(0xe0);
const PeerId origin = peer(0x20);

Routing make_routing(const RoutingOptions& options = {}) {
  return Routing(self, options, Random::from_number(1));
}

/// Sends a message to `target` that is to be confirmed.
NextHops send(Routing& routing, const Peers& neighbors, Now now, std::uint64_t number = 1) {
  const auto hops = routing.send(message(number), target, "text", true, neighbors, now);
  EXPECT_TRUE(hops.has_value());
  return hops.value_or(NextHops{});
}

/// Where a message goes on that `origin` has sent us.
NextHops relay(Routing& routing, const Peers& neighbors, Now now = at(0s), bool spreads = false) {
  return routing.next_hops(target, origin, Peers{origin}, spreads, neighbors, now);
}

/// The hops of the only retry that is due.
NextHops retry(Routing& routing, const Peers& neighbors, Now now) {
  const Routing::Due due = routing.handle_timeout(neighbors, now);
  EXPECT_THAT(due.given_up, IsEmpty());
  EXPECT_THAT(due.retries, SizeIs(1));
  return due.retries.empty() ? NextHops{} : due.retries.front().hops;
}

TEST(RoutingTest, GoesStraightToATargetThatIsANeighbor) {
  Routing routing = make_routing();
  routing.learn(target, far, at(0s));

  const NextHops hops = send(routing, {far, nearer, target}, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(target));
  EXPECT_FALSE(hops.spreads);
  EXPECT_FALSE(hops.is_dead_end);
}

TEST(RoutingTest, GoesToTheNeighborNearestToTheTarget) {
  Routing routing = make_routing();

  const NextHops hops = send(routing, {far, nearer, near}, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(nearer));
  EXPECT_FALSE(hops.is_dead_end);
}

TEST(RoutingTest, PassesOnNeitherBackNorWhereItHasBeen) {
  Routing routing = make_routing();
  const Peers neighbors{origin, far, near, nearer};

  const NextHops hops =
      routing.next_hops(target, near, Peers{origin, nearer, near}, false, neighbors, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(far));
  EXPECT_TRUE(hops.is_dead_end);
}

TEST(RoutingTest, DoesNotPassAMessageWithoutPathBack) {
  Routing routing = make_routing();

  const NextHops hops = routing.next_hops(target, nearer, {}, false, Peers{near, nearer}, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(near));
}

TEST(RoutingTest, GoesWhereTheTargetsMessagesHaveComeFrom) {
  Routing routing = make_routing();

  routing.learn(target, far, at(0s));

  EXPECT_THAT(relay(routing, {far, nearer}).peers, ElementsAre(far));
}

TEST(RoutingTest, DoesNotUseAWayThatLeadsBackOrOverALostLink) {
  Routing routing = make_routing();

  routing.learn(target, origin, at(0s));
  EXPECT_THAT(relay(routing, {origin, near}).peers, ElementsAre(near));

  routing.learn(target, aside, at(0s));
  EXPECT_THAT(relay(routing, {far, near}).peers, ElementsAre(near));
}

TEST(RoutingTest, ForgetsEveryWayOverALinkThatIsGone) {
  Routing routing = make_routing();
  routing.learn(target, far, at(0s));
  routing.learn(near, far, at(0s));
  routing.learn(nearer, aside, at(0s));

  routing.forget_neighbor(far);

  EXPECT_EQ(routing.route_count(), 1U);
  EXPECT_THAT(relay(routing, {far, near}).peers, ElementsAre(near));
}

TEST(RoutingTest, TrustsAWayForALimitedTimeHoweverOftenItIsUsed) {
  Routing routing = make_routing({.route_time_max = 10min});
  routing.learn(target, far, at(0s));

  EXPECT_THAT(relay(routing, {far, near}, at(9min)).peers, ElementsAre(far));
  EXPECT_THAT(relay(routing, {far, near}, at(10min)).peers, ElementsAre(near));
}

TEST(RoutingTest, NeighborsAndOurselvesNeedNoWay) {
  Routing routing = make_routing();

  routing.learn(near, near, at(0s));
  routing.learn(self, near, at(0s));

  EXPECT_EQ(routing.route_count(), 0U);
}

TEST(RoutingTest, RemembersABoundedNumberOfSendersWhoeverInventsThem) {
  Routing routing = make_routing();
  Random random = Random::from_number(2);

  for (int i = 0; i < 100'000; ++i) routing.learn(random.id<PeerId>(), far, at(0s));
  routing.learn(target, far, at(0s));

  EXPECT_EQ(routing.route_count(), 4'096U);
  EXPECT_THAT(relay(routing, {far, near}).peers, ElementsAre(far));
}

TEST(RoutingTest, SpreadsAtADeadEnd) {
  Routing routing = make_routing();

  const NextHops own = send(routing, {far, aside}, at(0s));
  const NextHops relayed = relay(routing, {origin, far, aside});

  for (const NextHops& hops : {own, relayed}) {
    EXPECT_THAT(hops.peers, ElementsAre(far, aside));
    EXPECT_TRUE(hops.spreads);
    EXPECT_TRUE(hops.is_dead_end);
  }
}

TEST(RoutingTest, PassesASpreadToEveryOtherNeighborAlthoughOneIsNearer) {
  Routing routing = make_routing();

  const NextHops hops = relay(routing, {origin, far, near}, at(0s), true);

  EXPECT_THAT(hops.peers, ElementsAre(far, near));
  EXPECT_TRUE(hops.spreads);
  EXPECT_FALSE(hops.is_dead_end);
}

TEST(RoutingTest, PassesASpreadToTheTargetAloneIfThatIsANeighbor) {
  Routing routing = make_routing();

  const NextHops hops = relay(routing, {far, target, near}, at(0s), true);

  EXPECT_THAT(hops.peers, ElementsAre(target));
  EXPECT_TRUE(hops.spreads);
}

TEST(RoutingTest, GoesNowhereWithoutAnotherNeighbor) {
  Routing routing = make_routing({.spreads_per_second = 0, .spreads_burst = 1});

  for (const bool spreads : {false, true}) {
    const NextHops hops = relay(routing, {origin}, at(0s), spreads);

    EXPECT_THAT(hops.peers, IsEmpty());
    EXPECT_TRUE(hops.is_dead_end);
  }
  EXPECT_THAT(relay(routing, {far, aside}).peers, SizeIs(2)) << "the one spread has been wasted";
}

TEST(RoutingTest, BeyondTheRateOfSpreadsOneNeighborGetsTheMessage) {
  Routing routing = make_routing({.spreads_per_second = 1, .spreads_burst = 2});

  std::size_t sends = 0;
  for (int i = 0; i < 1'000; ++i) sends += relay(routing, {far, aside}, at(1ms * i)).peers.size();
  const NextHops beyond = relay(routing, {far, aside}, at(999ms));

  EXPECT_EQ(sends, 2U * 2U + 998U);
  EXPECT_THAT(beyond.peers, ElementsAre(aside)) << "the nearest";
  EXPECT_FALSE(beyond.spreads);
  EXPECT_TRUE(relay(routing, {far, aside}, at(1s)).spreads);
}

TEST(RoutingTest, StrangersSpreadsDoNotUseUpOurs) {
  Routing routing = make_routing({.spreads_per_second = 1, .spreads_burst = 2});

  for (int i = 0; i < 100; ++i) relay(routing, {far, aside}, at(0s), true);

  EXPECT_TRUE(send(routing, {far, aside}, at(0s)).spreads);
}

TEST(RoutingTest, ASpreadBeyondTheRateStaysOneAndTakesTheBestWay) {
  Routing routing = make_routing({.spreads_per_second = 1, .spreads_burst = 1});
  relay(routing, {far, aside}, at(0s), true);

  const NextHops hops = relay(routing, {far, near}, at(0s), true);

  EXPECT_THAT(hops.peers, ElementsAre(near));
  EXPECT_TRUE(hops.spreads);
}

TEST(RoutingTest, SpreadsOnDemandButGoesStraightToANeighbor) {
  Routing routing = make_routing({.spreads_per_second = 1, .spreads_burst = 1});

  const NextHops straight = routing.spread(target, Peers{near, target}, at(0s));
  EXPECT_THAT(straight.peers, ElementsAre(target));
  EXPECT_FALSE(straight.spreads);

  const NextHops spread = routing.spread(target, Peers{far, near}, at(0s));
  EXPECT_THAT(spread.peers, ElementsAre(far, near));
  EXPECT_TRUE(spread.spreads);

  const NextHops beyond = routing.spread(target, Peers{far, near}, at(0s));
  EXPECT_THAT(beyond.peers, ElementsAre(near));
  EXPECT_FALSE(beyond.spreads);
}

TEST(RoutingTest, OnlyTheTargetConfirms) {
  Routing routing = make_routing();
  send(routing, {near}, at(0s));

  EXPECT_FALSE(routing.confirm(message(1), near));
  EXPECT_FALSE(routing.confirm(message(2), target));
  EXPECT_EQ(routing.pending_count(), 1U);

  EXPECT_TRUE(routing.confirm(message(1), target));
  EXPECT_FALSE(routing.confirm(message(1), target));
  EXPECT_EQ(routing.pending_count(), 0U);
  EXPECT_EQ(routing.next_timeout(), Instant::max());
}

TEST(RoutingTest, WithoutWishForConfirmationNothingIsKept) {
  Routing routing = make_routing();

  const auto hops = routing.send(message(1), target, "text", false, Peers{near}, at(0s));

  ASSERT_TRUE(hops.has_value());
  EXPECT_THAT(hops->peers, ElementsAre(near));
  EXPECT_EQ(routing.pending_count(), 0U);
}

TEST(RoutingTest, TriesAnotherLinkThenAllThenGivesUp) {
  Routing routing = make_routing();
  const Peers neighbors{far, near, nearer};
  EXPECT_THAT(send(routing, neighbors, at(0s)).peers, ElementsAre(nearer));

  ASSERT_EQ(routing.next_timeout(), at(1s).monotonic);
  const NextHops second = retry(routing, neighbors, at(1s));
  EXPECT_THAT(second.peers, ElementsAre(near));
  EXPECT_FALSE(second.spreads);

  ASSERT_EQ(routing.next_timeout(), at(3s).monotonic);
  const NextHops third = retry(routing, neighbors, at(3s));
  EXPECT_THAT(third.peers, ElementsAre(far, near, nearer));
  EXPECT_TRUE(third.spreads);

  ASSERT_EQ(routing.next_timeout(), at(8s).monotonic);
  const Routing::Due due = routing.handle_timeout(neighbors, at(8s));
  EXPECT_THAT(due.retries, IsEmpty());
  ASSERT_THAT(due.given_up, SizeIs(1));
  EXPECT_EQ(due.given_up[0].id, message(1));
  EXPECT_EQ(due.given_up[0].to, target);
  EXPECT_EQ(routing.pending_count(), 0U);
  EXPECT_FALSE(routing.confirm(message(1), target));
}

TEST(RoutingTest, ARetryHasTheTextThatWasSentFirst) {
  Routing routing = make_routing();
  send(routing, {near}, at(0s));

  for (const Duration when : {1s, 3s}) {
    const Routing::Due due = routing.handle_timeout(Peers{near}, at(when));

    ASSERT_THAT(due.retries, SizeIs(1));
    EXPECT_EQ(due.retries[0].text, "text");
    EXPECT_EQ(due.retries[0].id, message(1));
    EXPECT_EQ(due.retries[0].to, target);
  }
}

TEST(RoutingTest, NothingIsRepeatedBeforeItsTime) {
  Routing routing = make_routing();
  send(routing, {near}, at(0s));

  EXPECT_THAT(routing.handle_timeout(Peers{near}, at(1s - 1us)).retries, IsEmpty());
}

TEST(RoutingTest, TheOnlyLinkIsTriedAgain) {
  Routing routing = make_routing();
  send(routing, {near}, at(0s));

  EXPECT_THAT(retry(routing, {near}, at(1s)).peers, ElementsAre(near));
}

TEST(RoutingTest, ForgetsTheWayThatFailed) {
  Routing routing = make_routing();
  const Peers neighbors{far, near};
  routing.learn(target, far, at(0s));
  EXPECT_THAT(send(routing, neighbors, at(0s)).peers, ElementsAre(far));

  EXPECT_THAT(retry(routing, neighbors, at(1s)).peers, ElementsAre(near));

  EXPECT_EQ(routing.route_count(), 0U);
}

TEST(RoutingTest, KeepsAWayThatWasLearnedSince) {
  Routing routing = make_routing();
  const Peers neighbors{far, aside, near};
  routing.learn(target, far, at(0s));
  send(routing, neighbors, at(0s));

  routing.learn(target, aside, at(500ms));

  EXPECT_THAT(retry(routing, neighbors, at(1s)).peers, ElementsAre(aside));
}

TEST(RoutingTest, ANeighborThatDoesNotConfirmIsReachedOverAnother) {
  Routing routing = make_routing();
  const Peers neighbors{far, near, target};
  EXPECT_THAT(send(routing, neighbors, at(0s)).peers, ElementsAre(target));

  EXPECT_THAT(retry(routing, neighbors, at(1s)).peers, ElementsAre(near));
  EXPECT_THAT(retry(routing, neighbors, at(3s)).peers, ElementsAre(far, near, target));
}

TEST(RoutingTest, ExpectsNothingOfANeighborThatDoesNotConfirm) {
  Routing routing = make_routing();
  send(routing, {near}, at(0s));

  const std::vector<Retry> retries = routing.expect_nothing(target);

  ASSERT_THAT(retries, SizeIs(1)) << "it went over another";
  EXPECT_THAT(retries[0].hops.peers, ElementsAre(target));
  EXPECT_FALSE(retries[0].hops.spreads);
  EXPECT_EQ(routing.pending_count(), 0U);
}

TEST(RoutingTest, SendsNothingAgainToANeighborThatDoesNotConfirm) {
  Routing routing = make_routing();
  send(routing, {near, target}, at(0s));

  EXPECT_THAT(routing.expect_nothing(near), IsEmpty());
  EXPECT_EQ(routing.pending_count(), 1U) << "it is for another";
  EXPECT_THAT(routing.expect_nothing(target), IsEmpty());
  EXPECT_EQ(routing.pending_count(), 0U);
}

TEST(RoutingTest, AMessageWaitsForANeighbor) {
  Routing routing = make_routing();

  EXPECT_THAT(send(routing, {}, at(0s)).peers, IsEmpty());
  EXPECT_EQ(routing.pending_count(), 1U);
  EXPECT_THAT(routing.handle_timeout({}, at(1s)).retries, IsEmpty());
  EXPECT_EQ(routing.pending_count(), 1U);
  EXPECT_THAT(retry(routing, {near}, at(3s)).peers, ElementsAre(near));
}

TEST(RoutingTest, ALostLinkIsNotWaitedFor) {
  Routing routing = make_routing();
  EXPECT_THAT(send(routing, {near, nearer}, at(5s)).peers, ElementsAre(nearer));

  routing.forget_neighbor(near);
  EXPECT_EQ(routing.next_timeout(), at(6s).monotonic) << "another link was lost";
  routing.forget_neighbor(nearer);

  ASSERT_LE(routing.next_timeout(), at(5s).monotonic);
  EXPECT_THAT(retry(routing, {near}, at(5s)).peers, ElementsAre(near));
  EXPECT_EQ(routing.next_timeout(), at(7s).monotonic);
}

TEST(RoutingTest, ALostLinkIsNoReasonToGiveUp) {
  Routing routing = make_routing({.spreads_burst = 0});
  send(routing, {near}, at(0s));
  retry(routing, {near}, at(1s));
  EXPECT_THAT(retry(routing, {near}, at(3s)).peers, ElementsAre(near));

  routing.forget_neighbor(near);

  EXPECT_EQ(routing.next_timeout(), at(8s).monotonic);
}

TEST(RoutingTest, RefusesAMessageForWhichThereIsNoRoom) {
  Routing many = make_routing({.pending_count_max = 2});
  send(many, {near}, at(0s), 1);
  send(many, {near}, at(0s), 2);
  EXPECT_EQ(many.send(message(3), target, "text", true, Peers{near}, at(0s)), std::nullopt);
  EXPECT_TRUE(many.send(message(3), target, "text", false, Peers{near}, at(0s)).has_value());
  many.confirm(message(1), target);
  EXPECT_TRUE(many.send(message(3), target, "text", true, Peers{near}, at(0s)).has_value());

  Routing large = make_routing({.pending_bytes_max = 6});
  send(large, {near}, at(0s), 1);
  EXPECT_EQ(large.send(message(2), target, "abc", true, Peers{near}, at(0s)), std::nullopt);
  EXPECT_TRUE(large.send(message(2), target, "ab", true, Peers{near}, at(0s)).has_value());
  large.confirm(message(1), target);
  EXPECT_TRUE(large.send(message(3), target, "abcd", true, Peers{near}, at(0s)).has_value());
}

TEST(RoutingTest, RepeatsMessagesInTheOrderInWhichTheyWereSent) {
  Routing routing = make_routing();
  for (std::uint64_t i = 0; i < 5; ++i) send(routing, {near}, at(0s), i);

  const Routing::Due due = routing.handle_timeout(Peers{near}, at(10s));

  ASSERT_THAT(due.retries, SizeIs(5));
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(due.retries[i].id, message(i));
}

TEST(RoutingTest, ManyUnconfirmedMessagesDoNotSpreadWithoutBound) {
  Routing routing = make_routing();
  const Peers neighbors{far, aside, origin, near};
  for (std::uint64_t i = 0; i < 1'000; ++i) send(routing, neighbors, at(0s), i);
  routing.handle_timeout(neighbors, at(1s));

  const Routing::Due due = routing.handle_timeout(neighbors, at(3s));

  std::size_t spreads = 0;
  ASSERT_THAT(due.retries, SizeIs(1'000));
  for (const Retry& retry : due.retries) spreads += retry.hops.spreads ? 1U : 0U;
  EXPECT_EQ(spreads, 40U);
}

}  // namespace
}  // namespace pigeon::routing
