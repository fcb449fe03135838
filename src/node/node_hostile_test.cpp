#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hostile_test.hpp"
#include "wire/peer_message.hpp"

// Neighbors, hubs and strangers that do what they should not.

namespace pigeon::node {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(HostileTest, AHundredThousandInventedPeersAreBoundedAndCostLittle) {
  meet(3);
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    village.now.monotonic += 2ms;
    hear_discovered(invented(i));
    victim().take_outputs();
  }

  EXPECT_EQ(victim().status().discovered_count, 4'096U);
  EXPECT_LE(victim().status().total_peer_count, 16U);
  EXPECT_EQ(victim().status().connected_count, 2U);
}

TEST_F(HostileTest, ANeighborThatNamesInventedPeersDrivesNobodyOut) {
  NodeOptions options;
  options.auto_discovery = false;
  village.add_connected(2, options);
  ASSERT_TRUE(victim().connect_to_peer(village.id(1), village.now).has_value());
  village.run();
  const PeerId real = invented(1);
  hear_discovered(real);

  for (std::uint64_t i = 2; i < 10'000; ++i) {
    hear(1, wire::encode(wire::PeerNotice{{invented(i)}, true}));
  }

  EXPECT_GE(counters().over_rate, 9'000U);
  EXPECT_LE(victim().status().discovered_count, 300U);
  EXPECT_THAT(victim().discovered_peers(),
              testing::Contains(testing::Field(&DiscoveredPeer::peer, real)));
}

TEST_F(HostileTest, AHubThatFloodsIsCutToItsRate) {
  meet(2);
  std::size_t accepted = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    hear_discovered(invented(i));
    for (const Output& output : victim().take_outputs()) {
      const auto* emit = std::get_if<Emit>(&output);
      if (emit != nullptr && std::holds_alternative<PeerDiscovered>(emit->event)) ++accepted;
    }
  }

  EXPECT_LE(accepted, 5'500U);
  EXPECT_GE(accepted, 4'000U);
  EXPECT_EQ(victim().status().connected_count, 1U);
}

TEST_F(HostileTest, ChunksOfNothingAreCutOffHoweverBroken) {
  NodeOptions options;
  options.limits.messages_per_second = 10;
  options.limits.messages_burst = 40;
  meet(2, options);

  for (int i = 0; i < 60 && !village[0].ends.empty(); ++i) {
    hear(1, R"({"type":"__STREAM_CHUNK__","type":1,"x":[]})");
    village.run();
  }

  EXPECT_EQ(victim().status().connected_count, 0U);
}

TEST_F(HostileTest, AnnouncementsWithMadeUpKeysHaveARate) {
  meet(2);
  std::size_t announced = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const auto identity = suite::NodeIdentity::from_random(Random::from_number(70'000 + i)).value();
    const PeerId from = crypto::peer_id_of(identity.signing().public_key());
    const std::string content = wire::encode_peer_announcement(from, village.now.wall_ms);
    wire::OutgoingGossip message{.id = message_id(i),
                                 .subtype = "peer-announcement",
                                 .content = content,
                                 .from = from,
                                 .network = "global",
                                 .timestamp = village.now.wall_ms};
    village.inject(0, 1, relayed(signed_by(message, identity), 1));
  }
  announced = village.events<PeerDiscovered>(0).size();

  EXPECT_GE(announced, 200U);
  EXPECT_LE(announced, 230U);
}

TEST_F(HostileTest, ANeighborThatNeverReadsIsClosedInTime) {
  meet(2);
  const LinkId link = link_with(1);
  victim().handle(LinkOverflowed{link, 3}, village.now);
  victim().take_outputs();
  const Instant end = village.now.monotonic + 15s;

  while (victim().next_timeout() < end) {
    village.now.monotonic = victim().next_timeout();
    victim().handle_timeout(village.now);
    victim().take_outputs();
    ASSERT_EQ(victim().status().connected_count, 1U);
  }
  village.now.monotonic = end;
  victim().handle_timeout(village.now);

  EXPECT_EQ(victim().status().connected_count, 0U);
  EXPECT_EQ(counters().unsent, 3U);
}

TEST_F(HostileTest, AnOverflowIsOverWhenHalfHasLeft) {
  meet(2);
  const LinkId link = link_with(1);
  const auto marks = [&] {
    std::vector<std::size_t> thresholds;
    for (const Output& output : victim().take_outputs()) {
      if (const auto* notify = std::get_if<NotifyDrained>(&output)) {
        thresholds.push_back(notify->threshold);
      }
    }
    return thresholds;
  };
  const std::size_t half = NodeLimits{}.send_buffer_max / 2;
  victim().handle(LinkOverflowed{link, 1}, village.now);
  EXPECT_THAT(marks(), ElementsAre(half));
  // Streams wait for more to have left, but must not move that mark.
  ASSERT_TRUE(victim().send_binary(village.id(1), Bytes(200'000), village.now));
  EXPECT_THAT(marks(), IsEmpty());

  victim().handle(LinkDrained{link}, village.now);
  EXPECT_THAT(marks(), ElementsAre(65'536));
  village.now.monotonic += 20s;
  victim().handle_timeout(village.now);
  EXPECT_EQ(victim().status().connected_count, 1U);
}

TEST_F(HostileTest, OversizedMessagesAreDropped) {
  meet(2);
  const NodeCounters before = counters();

  hear(1, "{\"type\":\"gossip\",\"content\":\"" + std::string(300'000, 'a') + "\"}");

  EXPECT_EQ(counters().malformed, before.malformed + 1);
  EXPECT_THAT(victim().take_outputs(), IsEmpty());
}

TEST_F(HostileTest, MessagesOverTheRateAreDroppedAndComeThroughLater) {
  NodeOptions options;
  options.limits.messages_per_second = 10;
  options.limits.messages_burst = 20;
  village.add_connected(2, options);
  village.pass(20s);
  const NodeCounters before = counters();

  for (std::uint64_t i = 0; i < 100; ++i) hear(1, chat(1, i, false));

  EXPECT_EQ(counters().over_rate, before.over_rate + 80);
  EXPECT_EQ(counters().delivered, before.delivered + 20);
  village.pass(1s);
  village.inject(0, 1, chat(1, 200, false));
  EXPECT_EQ(counters().delivered, before.delivered + 21);
}

TEST_F(HostileTest, StreamsAreNotTornApartByTheRate) {
  NodeOptions options;
  options.limits.bytes_per_second = 1'000;
  options.limits.bytes_burst = 10'000;
  options.limits.messages_per_second = 10;
  options.limits.messages_burst = 40;
  village.add_connected(2, options);
  village.pass(20s);
  hear(1, wire::encode(wire::StreamInit{.stream = "s", .type = "file", .chunk_size = 4'096}, 1));

  for (std::uint64_t i = 0; i < 200; ++i) {
    hear(1, wire::encode(
                wire::StreamChunk{.stream = "s", .index = i, .size = 4'096, .is_binary = true}));
    victim().handle(LinkBinary{link_with(1), Bytes(4'096, 1)}, village.now);
  }
  village.run();

  std::size_t received = 0;
  for (const StreamData& part : village.events<StreamData>(0)) received += part.data.size();
  EXPECT_EQ(received, std::size_t{200} * 4'096);
}

TEST_F(HostileTest, WhoeverFloodsWithFramesOfNothingIsCutOff) {
  NodeOptions options;
  options.limits.messages_per_second = 10;
  options.limits.messages_burst = 40;
  village.add_connected(2, options);
  village.pass(20s);
  const LinkId link = link_with(1);

  for (int i = 0; i < 100; ++i) victim().handle(LinkBinary{link, Bytes(10, 1)}, village.now);
  village.run();

  const auto lost = village.events<PeerDisconnected>(0);
  ASSERT_THAT(lost, SizeIs(1));
  EXPECT_EQ(lost[0].reason, "floods");
}

TEST_F(HostileTest, RatesBeyondThirtyTwoBitsAreNotWrapped) {
  NodeOptions options;
  options.limits.bytes_per_second = 1U << 30U;
  options.limits.bytes_burst = 10'000;
  village.add_connected(2, options);
  village.pass(20s);

  for (std::uint64_t i = 0; i < 100; ++i) {
    village.pass(1s);
    village.inject(0, 1, chat(1, i, false));
  }

  EXPECT_EQ(counters().over_rate, 0U);
}

TEST_F(HostileTest, ForgedConfirmationsConfirmNothing) {
  meet(3);
  const PeerId far = invented(7);
  const auto id = victim().send_direct_json(far, "1", village.now);
  ASSERT_TRUE(id.has_value());
  village.run();

  village.inject(0, 1, direct(1, wire::encode_content(wire::DirectAck{*id})));

  EXPECT_THAT(village.events<MessageDelivered>(0), IsEmpty());
}

TEST_F(HostileTest, AnUnsignedConfirmationOfAProvenPeerConfirmsNothing) {
  meet(3);
  village.on_text = [](std::size_t, std::size_t, std::string& text) {
    if (text.find("\"dm\"") != std::string::npos) text.clear();
  };
  const auto id = victim().send_direct_json(village.id(2), "1", village.now);
  ASSERT_TRUE(id.has_value());
  village.run();

  village.inject(0, 2,
                 gossip(2,
                        {.id = message_id(1),
                         .subtype = "dm",
                         .content = wire::encode_content(wire::DirectAck{*id}),
                         .to = wire::SpelledId{victim().peer_id()}},
                        false));

  EXPECT_THAT(village.events<MessageDelivered>(0), IsEmpty());
}

TEST_F(HostileTest, AMessageThatClaimsToBeOursIsDropped) {
  meet(2);
  const NodeCounters before = counters();

  hear(1, gossip(0, {.id = message_id(1),
                     .subtype = "dm",
                     .content = "\"me\"",
                     .to = wire::SpelledId{victim().peer_id()}}));
  hear(1, gossip(0, {.id = message_id(2), .subtype = "chat", .content = "\"me\""}));

  EXPECT_EQ(counters().stale, before.stale + 2);
  EXPECT_THAT(victim().take_outputs(), IsEmpty());
}

TEST_F(HostileTest, SomebodyElsesKeysProveNothing) {
  meet(3);
  const std::string key = village[2].identity.signing().public_key().to_text();
  const std::string proof(86, 'A');
  const std::string content = wire::encode_content(
      wire::KeyExchange{.signing_key = key, .encryption_key = key, .proof = proof},
      village.now.wall_ms);
  const auto keys_before = village.events<PeerKeyAdded>(0).size();

  village.inject(
      0, 1, gossip(1, {.id = message_id(1), .subtype = "key_exchange", .content = content}, false));

  EXPECT_THAT(village.events<PeerKeyAdded>(0), SizeIs(keys_before));
  EXPECT_THAT(village.events<PeerVerified>(0), SizeIs(2));
}

TEST_F(HostileTest, KeysOfAPeerWhoseProofIsWrongAreNotTaken) {
  // Somebody between the two, with certificates of their own.
  village.on_sdp = [](std::size_t, std::string& data) {
    const std::size_t at = data.find("sha-256 A");
    if (at != std::string::npos) data.replace(at + 8, 1, "C");
  };

  village.add_connected(2);
  village.pass(10s);

  EXPECT_THAT(village.events<PeerKeyAdded>(0), IsEmpty());
  EXPECT_FALSE(victim().send_encrypted_json(village.id(1), "\"secret\"", village.now).has_value());
}

TEST_F(HostileTest, ProvenKeysTakeThePlaceOfThoseThatSomebodyMadeUp) {
  const std::string other = suite::NodeIdentity::from_random(Random::from_number(4'711))
                                .value()
                                .encryption()
                                .public_key()
                                .to_text();
  const std::string unproven = wire::encode_content(
      wire::KeyExchange{.is_response = true, .signing_key = other, .encryption_key = other},
      village.now.wall_ms);
  bool has_lied = false;
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from != 1 || has_lied || text.find("key_exchange") == std::string::npos) return;
    has_lied = true;
    hear(1,
         gossip(1, {.id = message_id(1), .subtype = "key_exchange_response", .content = unproven},
                false));
  };

  village.add_connected(2);
  village.pass(10s);

  ASSERT_TRUE(has_lied);
  const auto keys = village.events<PeerKeyAdded>(0);
  ASSERT_THAT(keys, SizeIs(2));
  EXPECT_EQ(keys[0].public_key, other);
  EXPECT_EQ(keys[1].public_key, village[1].identity.signing().public_key().to_text());
  ASSERT_TRUE(victim().send_encrypted_json(village.id(1), "\"secret\"", village.now).has_value());
  village.run();
  ASSERT_THAT(village.events<MessageReceived>(1), SizeIs(1));
  EXPECT_EQ(village.events<MessageReceived>(1)[0].text, "secret");
}

TEST_F(HostileTest, QuestionsForKeysAreAnsweredAtARate) {
  meet(2);
  const std::string key = village[1].identity.signing().public_key().to_text();
  const std::string encryption = village[1].identity.encryption().public_key().to_text();
  const std::string content = wire::encode_content(
      wire::KeyExchange{.signing_key = key, .encryption_key = encryption}, village.now.wall_ms);
  std::size_t signatures = 0;

  for (std::uint64_t i = 0; i < 1'000; ++i) {
    hear(1, gossip(1, {.id = message_id(i), .subtype = "key_exchange", .content = content}, false));
    for (const Output& output : victim().take_outputs()) {
      if (std::holds_alternative<crypto::Request>(output)) ++signatures;
    }
  }

  EXPECT_LE(signatures, 30U);
}

TEST_F(HostileTest, FramesThatNobodyAnnouncedAreDropped) {
  meet(2);
  const NodeCounters before = counters();
  const Bytes data(100);

  for (int i = 0; i < 10; ++i) {
    victim().handle(LinkBinary{link_with(1), data}, village.now);
  }

  EXPECT_EQ(counters().malformed, before.malformed + 10);
  EXPECT_THAT(victim().take_outputs(), IsEmpty());
}

TEST_F(HostileTest, ASignedMessageOfAnotherNetworkIsDropped) {
  meet(2);
  const NodeCounters before = counters();

  hear(1,
       gossip(
           1,
           {.id = message_id(1), .subtype = "chat", .content = "\"hi\"", .network = "elsewhere"}));

  EXPECT_EQ(counters().stale, before.stale + 1);
  EXPECT_THAT(victim().take_outputs(), IsEmpty());
}

TEST_F(HostileTest, ASignedMessageMovedIntoOurNetworkIsNotVerified) {
  meet(2);
  std::string text = gossip(
      1, {.id = message_id(1), .subtype = "chat", .content = "\"hi\"", .network = "elsewhere"});
  text.replace(text.find("elsewhere"), 9, "global");

  village.inject(0, 1, text);

  ASSERT_THAT(village.events<MessageReceived>(0), SizeIs(1));
  EXPECT_FALSE(village.events<MessageReceived>(0)[0].verified);
}

TEST_F(HostileTest, AMessageOfANeighborWithAnIdItHasSeenShutsNobodyOut) {
  meet(3);

  village.inject(0, 1, chat(1, 1));
  village.inject(0, 2, chat(2, 1));
  village.inject(0, 2, chat(2, 1));

  const auto received = village.events<MessageReceived>(0);
  ASSERT_THAT(received, SizeIs(2));
  EXPECT_EQ(received[0].from, village.id(1));
  EXPECT_EQ(received[1].from, village.id(2));
}

TEST_F(HostileTest, MessagesWithoutRoomToWaitAreDroppedAndOursAreRefused) {
  NodeOptions options;
  options.limits.parked_count_max = 8;
  village.add_connected(2, options);
  village.pass(20s);
  const NodeCounters before = counters();

  for (std::uint64_t i = 0; i < 100; ++i) hear(1, chat(1, i));

  // The answers never come.
  EXPECT_THAT(victim().take_outputs(), SizeIs(2)) << "the share of a neighbor";
  EXPECT_EQ(counters().unparked, before.unparked + 98);
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(victim().send_message("mine", village.now));
  victim().take_outputs();
  const auto sent = victim().send_message("mine", village.now);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, NodeErrorKind::busy);
  EXPECT_EQ(victim().send_direct_json(village.id(1), "1", village.now).error().kind,
            NodeErrorKind::busy);
  EXPECT_THAT(victim().take_outputs(), IsEmpty());
}

TEST_F(HostileTest, ANodeThatLostItsHubWhileItWasAloneSleeps) {
  village.add({.network = "town", .allow_global_fallback = true});
  village.join(0);
  village.lose_hub();
  village.pass(40s);

  for (int i = 0; i < 100; ++i) {
    victim().handle_timeout(village.now);
    victim().take_outputs();
    ASSERT_GT(victim().next_timeout(), village.now.monotonic);
  }
}

TEST(NodeLimitsTest, LimitsThatHoldNothingAreRefused) {
  NodeOptions options{.peer_id = std::string(40, 'a'), .enable_crypto = false};
  options.limits.seen_count_max = 0;
  EXPECT_FALSE(Node::create(options, std::nullopt, Random::from_number(1)).has_value());
  options.limits.seen_count_max = 1;
  options.limits.discovered_max = 0;
  EXPECT_FALSE(Node::create(options, std::nullopt, Random::from_number(1)).has_value());
}

}  // namespace
}  // namespace pigeon::node
