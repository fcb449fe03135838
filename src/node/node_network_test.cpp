#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/village.hpp"

// Namespaces, hubs that come and go, and what is left when a node disconnects.

namespace pigeon::node {
namespace {

using test::Village;

using ::testing::IsEmpty;
using ::testing::SizeIs;

const NodeOptions homely{.network = "home", .allow_global_fallback = true};

/// 0 and 1 are in global, and 2 is alone at home.
struct FallbackTest : testing::Test {
  Village village;

  void meet(const NodeOptions& lonely = homely) {
    village.add_connected(2);
    village.add_connected(1, lonely);
  }
  std::string network() { return village.node(2).status().network; }
};

TEST_F(FallbackTest, AloneAtHomeANodeLooksIntoGlobalAndReturns) {
  meet();
  village.pass(60s);
  ASSERT_EQ(network(), "global");
  ASSERT_GT(village.node(2).status().connected_count, 0U);

  village.add_connected(1, {.network = "home"});
  village.pass(200s);

  EXPECT_EQ(network(), "home");
  EXPECT_EQ(village.node(2).status().connected_count, 1U);
  EXPECT_EQ(village.node(3).status().connected_count, 1U);
  EXPECT_THAT(village.events<NetworkChanged>(2), SizeIs(2));
}

TEST_F(FallbackTest, StaysAtHomeUnlessAskedOtherwise) {
  meet({.network = "home"});

  village.pass(10min);

  EXPECT_EQ(network(), "home");
  EXPECT_EQ(village.node(2).status().connected_count, 0U);
}

TEST_F(FallbackTest, LeavesHomeAfterHalfAMinuteAloneAndNotBefore) {
  meet();

  village.pass(29s);
  EXPECT_EQ(network(), "home");
  village.pass(2s);
  EXPECT_EQ(network(), "global");
}

TEST(NodeNetworkTest, DoesNotLeaveSomebodyAtHome) {
  Village village;
  village.add_connected(2);
  village.add_connected(2, homely);

  village.pass(10min);

  EXPECT_THAT(village.events<NetworkChanged>(2), IsEmpty());
  EXPECT_EQ(village.node(2).status().connected_count, 1U);
}

TEST_F(FallbackTest, DoesNotGoBackAndForthWhileNobodyIsAtHome) {
  meet();

  village.pass(10min);

  EXPECT_THAT(village.events<NetworkChanged>(2), SizeIs(1));
  EXPECT_THAT(village.events<PeerDisconnected>(2), IsEmpty());
}

TEST(NodeNetworkTest, TimeWithoutAHubIsNotTimeAlone) {
  Village village;
  village.add_connected(1, homely);
  village.pass(20s);
  village.lose_hub();
  village.pass(40s);
  village.find_hub_again();
  village.pass(32s);
  ASSERT_TRUE(village.node(0).status().is_connected);

  EXPECT_EQ(village.node(0).status().network, "home");
  village.pass(30s);
  EXPECT_EQ(village.node(0).status().network, "global");
}

TEST_F(FallbackTest, DisconnectedWhileAwayANodeBeginsAtHome) {
  meet();
  village.pass(60s);
  ASSERT_EQ(network(), "global");

  village.node(2).disconnect(village.now);
  village.run();
  EXPECT_EQ(network(), "home");
  EXPECT_FALSE(village.events<NetworkChanged>(2).back().is_fallback);

  village.add_connected(1, {.network = "home"});
  village.join(2);
  village.pass(5s);
  EXPECT_EQ(village.node(2).status().connected_count, 1U);
  ASSERT_TRUE(village.node(3).send_message("welcome home", village.now));
  village.run();
  EXPECT_THAT(village.events<MessageReceived>(2), SizeIs(1));
}

TEST(NodeNetworkTest, PeersThatBothDisconnectedMeetAgainSoon) {
  Village village;
  village.add_connected(2);
  village.pass(20s);
  // Neither hears of the other's before its own.
  village.node(0).disconnect(village.now);
  village.node(1).disconnect(village.now);
  village.run();

  village.join(0);
  village.join(1);
  village.pass(10s);

  EXPECT_EQ(village.node(0).status().connected_count, 1U);
}

TEST(NodeNetworkTest, DisconnectingTellsThatTheHubIsLeft) {
  Village village;
  village.add_connected(1);

  village.node(0).disconnect(village.now);
  village.run();

  const auto told = village.events<HubStatusChanged>(0);
  EXPECT_EQ(told.back().state, HubStatusChanged::State::disconnected);
  EXPECT_EQ(village.node(0).next_timeout(), Instant::max());
}

TEST_F(FallbackTest, FallbackCanBeSwitchedWhileAway) {
  meet({.network = "home"});
  village.node(2).set(NodeSwitch::allow_global_fallback, true, village.now);
  village.pass(60s);
  ASSERT_EQ(network(), "global");

  village.node(2).set(NodeSwitch::allow_global_fallback, false, village.now);
  village.run();
  EXPECT_EQ(network(), "home");
  village.pass(5min);
  EXPECT_EQ(network(), "home");
}

TEST(NodeNetworkTest, DiscoveryCanBeSwitched) {
  Village village;
  village.add_connected(3, {.auto_discovery = false});
  village.pass(20s);
  EXPECT_EQ(village.node(0).status().connected_count, 0U);
  EXPECT_EQ(village.node(0).status().discovered_count, 2U);

  village.node(0).set(NodeSwitch::auto_discovery, true, village.now);
  village.pass(20s);
  EXPECT_EQ(village.node(0).status().connected_count, 2U);
}

TEST(NodeNetworkTest, EverybodyKnownIsCalledOnDemandWhileThereIsRoom) {
  Village village;
  village.add_connected(6, {.max_peers = 3, .auto_discovery = false});
  village.pass(5s);

  EXPECT_EQ(village.node(0).connect_to_all_peers(village.now), 3U);
  village.run();
  EXPECT_EQ(village.node(0).status().connected_count, 3U);
  EXPECT_EQ(village.node(0).connect_to_all_peers(village.now), 0U);
}

TEST(NodeNetworkTest, KeysThatTheApplicationVouchesForCount) {
  Village village;
  village.add_connected(2, {.auto_discovery = false});
  const auto& keys = village[1].identity;
  const PeerPublicKey key{keys.signing().public_key().to_text(),
                          keys.encryption().public_key().to_text()};

  ASSERT_TRUE(village.node(0).add_peer_key(village.id(1), key, village.now));
  EXPECT_TRUE(village.node(0).add_peer_key(village.id(1), key, village.now));
  EXPECT_FALSE(
      village.node(0).add_peer_key(village.id(1), {key.encryption, key.encryption}, village.now));
  EXPECT_FALSE(village.node(0).add_peer_key(village.id(1), {"", ""}, village.now));
  EXPECT_TRUE(village.node(0).send_encrypted_json(village.id(1), "\"secret\"", village.now));
}

TEST(NodeNetworkTest, BinaryForAllReachesTheNeighbors) {
  Village village;
  village.add_connected(4);
  village.pass(20s);

  EXPECT_EQ(village.node(0).broadcast_binary(Bytes(100, 7), village.now), 3U);
  village.run();
  for (std::size_t i = 1; i < 4; ++i) EXPECT_THAT(village.events<BinaryReceived>(i), SizeIs(1));
}

/// 0 and 1 are linked with 2, and 0 has lost its hub.
struct HalfHublessTest : testing::Test {
  Village village;

  void SetUp() override {
    village.add_connected(3, {.auto_discovery = false});
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      ASSERT_TRUE(village.node(2).connect_to_peer(village.id(i), village.now));
      village.run();
    }
    village.lose_hub_of(0);
    ASSERT_EQ(village.node(2).status().connected_count, 2U);
  }
};

TEST_F(HalfHublessTest, AnOfferOfAPeerWithAHubReachesOneWithout) {
  ASSERT_TRUE(village.node(1).connect_to_peer(village.id(0), village.now));
  village.pass(2s);
  EXPECT_EQ(village.node(0).status().connected_count, 2U);
}

TEST_F(HalfHublessTest, AnOfferOfAPeerWithoutAHubIsAnsweredOverTheMesh) {
  ASSERT_TRUE(village.node(0).connect_to_peer(village.id(1), village.now));
  village.run();
  EXPECT_EQ(village.node(0).status().connected_count, 2U);
}

}  // namespace
}  // namespace pigeon::node
