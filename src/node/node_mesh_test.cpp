#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/village.hpp"

namespace pigeon::node {
namespace {

using test::Village;

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Nodes in a row: each linked with the next one only.
struct Chain : Village {
  explicit Chain(std::size_t count, NodeOptions options = {}) {
    options.auto_discovery = false;
    add_connected(count, options);
    for (std::size_t i = 0; i + 1 < count; ++i) {
      EXPECT_TRUE(node(i).connect_to_peer(id(i + 1), now).has_value());
      run();
    }
  }
};

TEST(NodeMeshTest, TwoNodesMeetThroughAHubAndProveTheirIds) {
  Village village;

  village.add_connected(2);
  village.pass(10s);

  ASSERT_THAT(village.events<PeerConnected>(0), SizeIs(1));
  EXPECT_THAT(village.events<PeerConnected>(1), SizeIs(1));
  EXPECT_THAT(village.events<PeerVerified>(0), SizeIs(1));
  EXPECT_THAT(village.events<PeerVerified>(1), SizeIs(1));
  EXPECT_EQ(village.node(0).status().connected_count, 1U);
  EXPECT_TRUE(village.node(0).peers(village.now)[0].is_verified);
}

TEST(NodeMeshTest, ABroadcastReachesEverybodyOnceAndItsSenderToo) {
  Village village;
  village.add_connected(8);
  village.pass(30s);

  const auto id = village.node(3).send_message("hello", village.now);
  village.run();

  ASSERT_TRUE(id.has_value());
  for (std::size_t i = 0; i < village.size(); ++i) {
    const auto received = village.events<MessageReceived>(i);
    ASSERT_THAT(received, SizeIs(1)) << i;
    EXPECT_EQ(received[0].text, "hello");
    EXPECT_EQ(received[0].json, "\"hello\"");
    EXPECT_EQ(received[0].id, *id);
    EXPECT_EQ(received[0].from, village.id(3));
    EXPECT_TRUE(received[0].verified);
    EXPECT_FALSE(received[0].direct);
  }
}

TEST(NodeMeshTest, ADirectMessageCrossesOthersAndIsConfirmed) {
  Chain chain(4);

  const auto id = chain.node(0).send_direct_json(chain.id(3), R"({"n":1})", chain.now);
  chain.pass(10s);

  ASSERT_TRUE(id.has_value());
  const auto received = chain.events<MessageReceived>(3);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].json, R"({"n":1})");
  EXPECT_EQ(received[0].hops, 2U);
  EXPECT_TRUE(received[0].direct);
  EXPECT_TRUE(received[0].verified);
  EXPECT_THAT(chain.events<MessageDelivered>(0), SizeIs(1));
  EXPECT_THAT(chain.events<MessageUndelivered>(0), IsEmpty());
  EXPECT_THAT(chain.events<MessageReceived>(1), IsEmpty());
}

TEST(NodeMeshTest, ADirectMessageToNobodyIsReported) {
  Chain chain(3);
  const PeerId nobody = Random::from_number(9).id<PeerId>();

  const auto id = chain.node(0).send_direct_json(nobody, "1", chain.now);
  chain.pass(30s);

  ASSERT_TRUE(id.has_value());
  ASSERT_THAT(chain.events<MessageUndelivered>(0), SizeIs(1));
  EXPECT_EQ(chain.events<MessageUndelivered>(0)[0].id, *id);
}

TEST(NodeMeshTest, ALostFirstCopyIsRepeated) {
  Chain chain(3);
  int dropped = 0;
  chain.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 1 && text.find("\"dm\"") != std::string::npos && dropped++ == 0) text.clear();
  };

  ASSERT_TRUE(chain.node(0).send_direct_json(chain.id(2), "\"x\"", chain.now).has_value());
  chain.pass(20s);

  EXPECT_GE(dropped, 2);
  EXPECT_THAT(chain.events<MessageReceived>(2), SizeIs(1));
  EXPECT_THAT(chain.events<MessageDelivered>(0), SizeIs(1));
}

TEST(NodeMeshTest, AnEncryptedMessageIsReadByItsTargetOnly) {
  Chain chain(3);
  std::string seen;
  chain.on_text = [&](std::size_t, std::size_t, std::string& text) { seen += text; };
  // Keys are known of peers that were linked.
  ASSERT_TRUE(chain.node(0).connect_to_peer(chain.id(2), chain.now).has_value());
  chain.run();
  ASSERT_TRUE(chain.node(0).disconnect_peer(chain.id(2), chain.now).has_value());
  chain.run();
  seen.clear();

  ASSERT_TRUE(chain.node(0).send_encrypted_json(chain.id(2), "\"secret\"", chain.now).has_value());
  chain.pass(10s);

  const auto received = chain.events<MessageReceived>(2);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].text, "secret");
  EXPECT_TRUE(received[0].encrypted);
  EXPECT_EQ(seen.find("secret"), std::string::npos);
  EXPECT_THAT(chain.events<MessageDelivered>(0), SizeIs(1));
}

TEST(NodeMeshTest, LinksSurviveTheHubAndNewOnesAreMadeOverTheMesh) {
  Chain chain(3);
  chain.lose_hub();
  ASSERT_EQ(chain.node(1).status().connected_count, 2U);

  ASSERT_TRUE(chain.node(0).connect_to_peer(chain.id(2), chain.now).has_value());
  chain.pass(10s);

  EXPECT_EQ(chain.node(0).status().connected_count, 2U);
  EXPECT_EQ(chain.node(2).status().connected_count, 2U);
  EXPECT_THAT(chain.events<PeerDisconnected>(0), IsEmpty());
}

TEST(NodeMeshTest, WithoutAHubPeersAreAnnouncedOverTheMesh) {
  Village village;
  village.add_connected(1);
  village.add_connected(2, {.auto_discovery = false});
  ASSERT_TRUE(village.node(1).connect_to_peer(village.id(2), village.now).has_value());
  village.pass(5s);
  village.lose_hub();

  village.pass(100s);

  EXPECT_THAT(village.node(1).discovered_peers(), SizeIs(2));
  EXPECT_THAT(village.node(2).discovered_peers(), SizeIs(2));
}

TEST(NodeMeshTest, NeighborsAreNamedToEachOther) {
  Village village;
  village.add_connected(3, {.auto_discovery = false});
  ASSERT_TRUE(village.node(0).connect_to_peer(village.id(1), village.now).has_value());
  village.pass(1s);
  std::vector<std::string> named_to_2;
  village.on_text = [&](std::size_t, std::size_t to, std::string& text) {
    if (to == 2 && text.find("peer-announce-relay") != std::string::npos) {
      named_to_2.push_back(text);
    }
  };

  ASSERT_TRUE(village.node(1).connect_to_peer(village.id(2), village.now).has_value());
  village.pass(5s);

  ASSERT_THAT(named_to_2, SizeIs(1));
  EXPECT_NE(named_to_2[0].find(village.id(0).to_text()), std::string::npos);
  village.pass(2min);
  EXPECT_GT(named_to_2.size(), 1U);
}

TEST(NodeMeshTest, AnEvictedPeerIsToldAndDoesNotComeBackAtOnce) {
  Village village;
  village.add_connected(4);
  village.pass(30s);

  village.node(0).set_max_peers(1, village.now);
  village.pass(20s);

  EXPECT_LE(village.node(0).status().connected_count, 1U);
  std::size_t notices = 0;
  for (std::size_t i = 1; i < 4; ++i) {
    for (const PeerEvicted& evicted : village.events<PeerEvicted>(i)) {
      notices += evicted.initiated_by_peer ? 1U : 0U;
    }
    EXPECT_EQ(village.events<PeerEvicted>(i).size(), village.events<PeerDisconnected>(i).size());
  }
  EXPECT_EQ(notices, 2U);
}

TEST(NodeMeshTest, DisconnectClosesEverythingAndConnectBeginsAgain) {
  Village village;
  village.add_connected(3);
  village.pass(20s);

  village.node(0).disconnect(village.now);
  village.run();

  EXPECT_EQ(village.node(0).status().connected_count, 0U);
  EXPECT_FALSE(village.node(0).status().is_connected);
  EXPECT_EQ(village.node(1).status().connected_count, 1U);
  village.join(0);
  village.pass(60s);
  EXPECT_EQ(village.node(0).status().connected_count, 2U);
}

TEST(NodeMeshTest, AStreamCrossesALinkWithBackPressure) {
  Chain chain(2);
  const Bytes data(300'000, 7);

  const auto stream = chain.node(0).open_stream(
      chain.id(1), {.type = "file", .filename = "f.bin", .total_size = data.size()}, chain.now);
  ASSERT_TRUE(stream.has_value());
  chain.run();
  std::size_t sent = 0;
  std::size_t windows = 0;
  while (sent < data.size()) {
    const auto writable = chain.events<StreamWritable>(0);
    ASSERT_GT(writable.size(), windows);
    const std::size_t size = std::min(writable[windows++].bytes, data.size() - sent);
    ASSERT_TRUE(chain.node(0)
                    .write_stream(*stream, BytesView(data).subspan(sent, size), chain.now)
                    .has_value());
    chain.run();
    sent += size;
  }
  ASSERT_TRUE(chain.node(0).end_stream(*stream, chain.now).has_value());
  chain.run();

  EXPECT_GT(windows, 1U);
  std::size_t received = 0;
  for (const StreamData& part : chain.events<StreamData>(1)) received += part.data.size();
  EXPECT_EQ(received, data.size());
  ASSERT_THAT(chain.events<StreamReceived>(1), SizeIs(1));
  EXPECT_EQ(chain.events<StreamReceived>(1)[0].info.filename, "f.bin");
  EXPECT_THAT(chain.events<StreamCompleted>(1), SizeIs(1));
  EXPECT_THAT(chain.events<StreamCompleted>(0), SizeIs(1));
}

}  // namespace
}  // namespace pigeon::node
