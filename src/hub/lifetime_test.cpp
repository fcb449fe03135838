#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.hpp"

namespace pigeon::hub {
namespace {

using ::testing::Contains;
using ::testing::Pair;
using ::testing::SizeIs;

std::string numbered_id(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(40 - digits.size(), '0') + digits;
}

TEST(LivenessTest, ClosesAConnectionThatMissesTwoPings) {
  HubUnderTest hub;
  const auto a = hub.open(alice);

  hub.pass(20s);
  EXPECT_EQ(hub.pings(a), 1U);
  hub.pass(20s);
  EXPECT_EQ(hub.pings(a), 1U);
  EXPECT_FALSE(hub.closed(a).has_value());
  hub.pass(20s);

  ASSERT_TRUE(hub.closed(a).has_value());
  EXPECT_EQ(hub.closed(a)->code, 1001);
}

TEST(LivenessTest, KeepsAConnectionThatAnswers) {
  HubUnderTest hub;
  const auto a = hub.open(alice);
  for (int i = 0; i < 100; ++i) {
    hub.pass(20s);
    if (i % 2 == 0) hub.feed(PongReceived{a});
  }

  EXPECT_FALSE(hub.closed(a).has_value());
}

TEST(LivenessTest, PingsOnlySilence) {
  HubUnderTest hub;
  const auto a = hub.open(alice);
  for (int i = 0; i < 10; ++i) {
    hub.pass(15s);
    hub.send(a, R"({"type":"ping"})");
  }
  EXPECT_EQ(hub.pings(a), 0U);

  hub.pass(20s);
  EXPECT_EQ(hub.pings(a), 1U);
}

TEST(DrainTest, SpreadsTheClosesOverTheWindow) {
  HubUnderTest hub;
  std::vector<ConnectionId> connections;
  for (std::size_t i = 0; i < 100; ++i) connections.push_back(hub.open(numbered_id(i)));

  hub.feed(DrainRequested{});
  const auto closed_count = [&] {
    return std::count_if(connections.begin(), connections.end(),
                         [&](ConnectionId id) { return hub.closed(id).has_value(); });
  };
  hub.pass(1s);
  EXPECT_NEAR(static_cast<double>(closed_count()), 50, 3);
  EXPECT_FALSE(hub.drained());
  hub.pass(1s);

  EXPECT_EQ(closed_count(), 100);
  EXPECT_TRUE(hub.drained());
  EXPECT_EQ(hub.closed(connections[0])->code, 1001);
  EXPECT_EQ(hub.closed(connections[0])->reason, "Server shutting down");
}

TEST(DrainTest, EndsAtOnceWithoutConnections) {
  HubUnderTest hub;
  hub.feed(DrainRequested{});
  hub.pass(0s);

  EXPECT_TRUE(hub.drained());
}

TEST(DrainTest, ServesWhoWasOnItsWayInUntilTheWindowEnds) {
  HubUnderTest hub;
  hub.open(carol);
  hub.feed(DrainRequested{});
  const auto a = hub.open(alice);
  EXPECT_THAT(hub.take(a, "connected"), SizeIs(1));
  EXPECT_FALSE(hub.closed(a).has_value());

  hub.pass(2s);
  EXPECT_TRUE(hub.closed(a).has_value());
  const auto b = hub.open(bob);
  hub.pass(1ms);

  EXPECT_TRUE(hub.closed(b).has_value());
}

TEST(DrainTest, DoesNotCloseARefusedConnectionAgain) {
  HubUnderTest hub;
  hub.feed(DrainRequested{});
  const auto refused = hub.open("no id");
  hub.pass(10s);

  EXPECT_EQ(hub.closed(refused)->code, 1008);
}

TEST(DrainTest, NeverClosesWithTheCodeThatOldClientsTakeForGood) {
  HubUnderTest hub;
  const auto a = hub.open(alice);
  hub.feed(DrainRequested{});
  hub.pass(10s);

  EXPECT_NE(hub.closed(a)->code, 1000);
}

TEST(DrainTest, IsNotReadyWhileItDrains) {
  HubUnderTest hub;
  EXPECT_EQ(hub.get("/readyz").status, 200);
  hub.feed(DrainRequested{});

  EXPECT_EQ(hub.get("/readyz").status, 503);
  EXPECT_EQ(hub.get("/health").status, 503);
  const auto& headers = hub.get("/readyz").headers;
  EXPECT_THAT(headers, Contains(Pair("Retry-After", "2")));
  EXPECT_EQ(hub.get("/livez").status, 200);
}

TEST(HubTest, TellsTheApplicationWhatHappens) {
  HubUnderTest hub;
  const auto a = hub.join(alice, "red");
  hub.send(a, R"({"type":"goodbye"})");
  hub.close(a, 4000);

  ASSERT_THAT(hub.events(), SizeIs(4));
  EXPECT_EQ(std::get<HubPeerConnected>(hub.events()[0]).peer_id, alice);
  EXPECT_EQ(std::get<HubPeerAnnounced>(hub.events()[1]).network, "red");
  EXPECT_EQ(std::get<HubPeerGoodbye>(hub.events()[2]).peer_id, alice);
  EXPECT_EQ(std::get<HubPeerDisconnected>(hub.events()[3]).code, 4000);
}

TEST(HubTest, CountsWhatIsThere) {
  HubUnderTest hub;
  hub.join(alice, "red");
  hub.join(bob, "blue");
  hub.open(carol);

  const HubStats stats = hub.hub().stats(hub.now());

  EXPECT_EQ(stats.connections, 3U);
  EXPECT_EQ(stats.peers, 2U);
  EXPECT_EQ(stats.networks, 2U);
  EXPECT_EQ(hub.hub().peers()[0].peer_id, alice);
}

TEST(HubTest, ForgetsEverythingAboutPeersThatLeft) {
  HubUnderTest hub;
  for (std::size_t i = 0; i < 100; ++i) {
    hub.close(hub.join(numbered_id(i), "network-" + std::to_string(i)));
  }

  EXPECT_EQ(hub.hub().stats(hub.now()).networks, 0U);
  EXPECT_EQ(hub.hub().stats(hub.now()).connections, 0U);
}

}  // namespace
}  // namespace pigeon::hub
