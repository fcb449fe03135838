#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/village.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::node {
namespace {

using test::Village;

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string chat(const PeerId& from, std::vector<PeerId> path, std::string_view content,
                 std::int64_t timestamp) {
  std::string text =
      wire::encode(wire::OutgoingGossip{.id = Random::from_number(77).id<MessageId>(),
                                        .subtype = "chat",
                                        .content = content,
                                        .from = from,
                                        .network = "global",
                                        .timestamp = timestamp});
  path.erase(path.begin());
  for (const PeerId& relay : path) {
    wire::JsonReader reader;
    const auto decoded = wire::decode_peer_message(text, reader);
    text = wire::encode_forward(std::get<wire::GossipMessage>(*decoded), relay, false);
  }
  return text;
}

struct TrustTest : testing::TestWithParam<TrustPolicy> {
  Village village;

  void meet(std::size_t count) {
    village.add_connected(count, {.trust = GetParam()});
    village.pass(20s);
  }
};

TEST_P(TrustTest, UnsignedWordsOfAnotherAreFlaggedOrDropped) {
  meet(3);
  const PeerId stranger = Random::from_number(5).id<PeerId>();

  village.inject(0, 1, chat(stranger, {stranger, village.id(1)}, "\"hi\"", village.now.wall_ms));

  const auto received = village.events<MessageReceived>(0);
  if (GetParam() == TrustPolicy::verified_only) {
    EXPECT_THAT(received, IsEmpty());
    EXPECT_EQ(village.node(0).status().counters.forged, 1U);
  } else {
    ASSERT_THAT(received, SizeIs(1));
    EXPECT_FALSE(received[0].verified);
  }
}

TEST_P(TrustTest, ChangedContentIsNotVerified) {
  meet(2);
  village.on_text = [](std::size_t, std::size_t, std::string& text) {
    const std::size_t at = text.find("true words");
    if (at != std::string::npos) text.replace(at, 10, "lies, lies");
  };

  ASSERT_TRUE(village.node(0).send_message("true words", village.now).has_value());
  village.run();

  const auto received = village.events<MessageReceived>(1);
  EXPECT_GE(village.node(1).status().counters.forged, 1U);
  if (GetParam() == TrustPolicy::verified_only) {
    EXPECT_THAT(received, IsEmpty());
  } else {
    ASSERT_THAT(received, SizeIs(1));
    EXPECT_FALSE(received[0].verified);
  }
}

TEST_P(TrustTest, AHubThatSwapsFingerprintsIsFoundOut) {
  village.on_sdp = [](std::size_t, std::string& data) {
    const std::size_t at = data.find("sha-256 A");
    if (at != std::string::npos) data.replace(at + 8, 1, "C");
  };

  meet(2);

  EXPECT_THAT(village.events<PeerVerified>(0), IsEmpty());
  EXPECT_THAT(village.events<PeerVerified>(1), IsEmpty());
  if (GetParam() == TrustPolicy::verified_only) {
    EXPECT_EQ(village.node(0).status().connected_count, 0U);
  }
}

TEST_P(TrustTest, AMessagePlayedAgainLaterProvesNothing) {
  meet(2);
  std::string recorded;
  village.on_text = [&](std::size_t, std::size_t, std::string& text) {
    if (text.find("\"chat\"") != std::string::npos) recorded = text;
  };
  ASSERT_TRUE(village.node(0).send_message("pay 5", village.now).has_value());
  village.run();
  ASSERT_FALSE(recorded.empty());
  village.on_text = nullptr;
  village.pass(20min);

  village.inject(1, 0, recorded);

  const auto received = village.events<MessageReceived>(1);
  if (GetParam() == TrustPolicy::verified_only) {
    EXPECT_THAT(received, SizeIs(1));
  } else {
    ASSERT_THAT(received, SizeIs(2));
    EXPECT_FALSE(received[1].verified);
  }
}

TEST_P(TrustTest, AForgeryThatIsFasterDoesNotShutOutTheTrueMessage) {
  meet(2);
  std::string truth;
  village.on_text = [&](std::size_t, std::size_t, std::string& text) {
    const std::size_t at = text.find("true words");
    if (at == std::string::npos) return;
    truth = text;
    text.replace(at, 10, "lies, lies");
  };
  ASSERT_TRUE(village.node(1).send_message("true words", village.now));
  village.run();

  village.inject(0, 1, truth);

  const auto received = village.events<MessageReceived>(0);
  ASSERT_FALSE(received.empty());
  EXPECT_EQ(received.back().text, "true words");
  EXPECT_TRUE(received.back().verified);
  EXPECT_EQ(village.node(0).status().counters.forged, 1U);
}

TEST_P(TrustTest, OffersPlayedAgainCostNoLiveLink) {
  std::string offer;
  village.on_sdp = [&](std::size_t, std::string& data) {
    if (data.find("\"offer\"") != std::string::npos) offer = data;
  };
  meet(2);
  ASSERT_FALSE(offer.empty());
  const auto before = village[0].ends;

  for (const Duration pause : {Duration(1s), Duration(1500ms), Duration(25s), Duration(31s)}) {
    for (int i = 0; i < 3; ++i) {
      for (const std::size_t victim : {std::size_t{0}, std::size_t{1}}) {
        const std::string from = village.id(1 - victim).to_text();
        const std::string to = village.id(victim).to_text();
        village.node(victim).handle(
            HubText{village[victim].hub,
                    wire::encode(wire::RelayedSignal{.type = wire::SignalType::offer,
                                                     .data = offer,
                                                     .from = from,
                                                     .to = to,
                                                     .network = "global"})},
            village.now);
      }
      village.run();
      village.pass(pause);
    }
  }

  EXPECT_EQ(village[0].ends, before);
  EXPECT_THAT(village.events<PeerDisconnected>(0), IsEmpty());
  EXPECT_THAT(village.events<PeerDisconnected>(1), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Policies, TrustTest,
                         testing::Values(TrustPolicy::open, TrustPolicy::prefer_verified,
                                         TrustPolicy::verified_only));

TEST(NodeTrustTest, VerifiedOnlyKeepsNoLinkWithoutAProof) {
  Village village;
  village.add_connected(1, {.trust = TrustPolicy::verified_only});
  village.add_connected(1, {.peer_id = std::string(40, 'a')});

  village.pass(15s);

  EXPECT_EQ(village.node(0).status().connected_count, 0U);
}

TEST(NodeTrustTest, APeerWithAChosenIdProvesNothingAndForgesNothing) {
  Village village;
  village.add_connected(1);
  village.add_connected(1, {.peer_id = std::string(40, 'a')});
  village.pass(20s);
  const PeerId chosen = village.id(1);

  ASSERT_TRUE(village.node(0).send_encrypted_json(chosen, "\"secret\"", village.now).has_value());
  ASSERT_TRUE(village.node(1).send_message("hello", village.now).has_value());
  village.run();

  EXPECT_THAT(village.events<MessageReceived>(1), SizeIs(2));
  ASSERT_THAT(village.events<MessageReceived>(0), SizeIs(1));
  EXPECT_FALSE(village.events<MessageReceived>(0)[0].verified);
  EXPECT_THAT(village.events<PeerVerified>(0), IsEmpty());
  EXPECT_EQ(village.node(0).status().counters.forged, 0U);
}

TEST(NodeTrustTest, ANeighborCannotSignalForAnother) {
  Village village;
  village.add_connected(3);
  village.pass(20s);
  const auto before = village.node(0).status().counters.forged;

  village.inject(0, 1,
                 wire::encode_channel_signal("goodbye", "{}", village.id(2), village.now.wall_ms));

  EXPECT_EQ(village.node(0).status().counters.forged, before + 1);
  EXPECT_EQ(village.node(0).status().connected_count, 2U);
}

TEST(NodeTrustTest, TheFirstKeyOfAPeerCounts) {
  Village village;
  village.add_connected(2);
  village.pass(10s);
  const std::string other = village[0].identity.signing().public_key().to_text();
  const std::string content = wire::encode_content(
      wire::KeyExchange{.signing_key = other, .encryption_key = other}, village.now.wall_ms);

  village.inject(0, 1,
                 wire::encode(wire::OutgoingGossip{.id = Random::from_number(3).id<MessageId>(),
                                                   .subtype = "key_exchange",
                                                   .content = content,
                                                   .from = village.id(1),
                                                   .network = "global"}));

  EXPECT_THAT(village.events<PeerKeyAdded>(0), SizeIs(1));
  EXPECT_THAT(village.events<NodeWarning>(0), SizeIs(1));
}

TEST(NodeTrustTest, CandidatesByTheThousandAreBounded) {
  Village village;
  village.add_connected(2);
  village.pass(10s);
  const std::string data =
      R"({"candidate":"candidate:1 1 udp 1 192.0.2.1 9 typ host","sdpMid":"0"})";
  const auto before = village.node(0).status().counters;

  for (int i = 0; i < 1'000; ++i) {
    village.inject(
        0, 1,
        wire::encode_channel_signal("ice-candidate", data, village.id(1), village.now.wall_ms));
  }

  EXPECT_EQ(village.node(0).status().counters.over_rate - before.over_rate, 1'000U - 256U);
}

}  // namespace
}  // namespace pigeon::node
