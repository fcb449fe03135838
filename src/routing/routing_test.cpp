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

// Distances to `target`: far 0xff, self 0x7f, near 0x3f, nearer 0x1f.
const PeerId target = peer(0xff);
const PeerId far = peer(0x00);
const PeerId self = peer(0x80);
const PeerId near = peer(0xc0);
const PeerId nearer = peer(0xe0);
// Not nearer to `target` than we are.
const PeerId aside = peer(0x40);

Routing make_routing(const RoutingOptions& options = {}) {
  return Routing(self, options, Random::from_number(1));
}

/// Sends a message to `target` that wants to be confirmed.
NextHops send(Routing& routing, std::span<const PeerId> neighbors, Now now,
              std::uint64_t number = 1) {
  const auto hops = routing.send(message(number), target, "text", true, neighbors, now);
  EXPECT_TRUE(hops.has_value());
  return hops.value_or(NextHops{});
}

TEST(RoutingTest, GoesStraightToATargetThatIsANeighbor) {
  Routing routing = make_routing();

  const NextHops hops = send(routing, std::vector{nearer, target}, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(target));
  EXPECT_FALSE(hops.spreads);
  EXPECT_FALSE(hops.is_dead_end);
}

TEST(RoutingTest, GoesToTheNeighborNearestToTheTarget) {
  Routing routing = make_routing();

  const NextHops hops = send(routing, std::vector{far, nearer, near}, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(nearer));
  EXPECT_FALSE(hops.is_dead_end);
}

TEST(RoutingTest, GoesWhereTheTargetsMessagesHaveComeFrom) {
  Routing routing = make_routing();

  routing.learn(target, far, at(0s));

  EXPECT_THAT(send(routing, std::vector{far, nearer}, at(0s)).peers, ElementsAre(far));
}

TEST(RoutingTest, SpreadsAtADeadEnd) {
  Routing routing = make_routing();

  const NextHops hops = send(routing, std::vector{far, aside}, at(0s));

  EXPECT_THAT(hops.peers, ElementsAre(far, aside));
  EXPECT_TRUE(hops.spreads);
  EXPECT_TRUE(hops.is_dead_end);
}

}  // namespace
}  // namespace pigeon::routing
