#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hostile_test.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

// Neighbors, hubs and strangers that do what they should not.

namespace pigeon::node {
namespace {

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

TEST_F(HostileTest, OffersOfInventedPeersLeaveRoomAgain) {
  meet(2);
  for (std::uint64_t i = 0; i < 4'000; ++i) {
    village.now.monotonic += 1ms;
    hear_offer(invented(i));
    for (Output& output : victim().take_outputs()) {
      // Somebody who never comes answers.
      if (const auto* accept = std::get_if<AcceptLink>(&output)) {
        victim().handle(LinkDescription{accept->link, {rtc::SdpType::answer, offer_sdp()}},
                        village.now);
      }
    }
    EXPECT_LE(victim().status().total_peer_count, 16U);
  }
  EXPECT_EQ(victim().status().connected_count, 1U);

  village.pass(25s);
  village.join(village.add());
  village.pass(30s);

  EXPECT_EQ(victim().status().connected_count, 2U);
}

TEST_F(HostileTest, ARealPeerGetsInAmongOffersThatNeverEnd) {
  meet(2);
  village.join(village.add());
  for (std::uint64_t i = 0; i < 600; ++i) {
    for (int j = 0; j < 5; ++j) hear_offer(invented(5 * i + static_cast<std::uint64_t>(j)));
    village.pass(100ms);
  }

  EXPECT_EQ(victim().status().connected_count, 2U);
}

TEST_F(HostileTest, AnOfferPlayedAgainCostsNoLiveLink) {
  meet(2);
  const LinkId before = link_with(1);

  for (int i = 0; i < 50; ++i) hear_offer(village.id(1));
  village.run();

  EXPECT_EQ(victim().status().connected_count, 1U);
  EXPECT_EQ(link_with(1), before);
  EXPECT_THAT(village.events<PeerDisconnected>(0), IsEmpty());
}

TEST_F(HostileTest, AnOfferForAnOpenLinkIsAnsweredWhenTheLinkTurnsOutToBeOver) {
  meet(2);
  const LinkId before = link_with(1);
  const auto accepted = [&] {
    std::size_t count = 0;
    for (const Output& output : victim().take_outputs()) {
      if (std::holds_alternative<AcceptLink>(output)) ++count;
    }
    return count;
  };
  hear_offer(village.id(1));
  EXPECT_EQ(accepted(), 0U);

  victim().handle(LinkClosed{before, "data channel closed"}, village.now);

  EXPECT_EQ(accepted(), 1U);
}

TEST_F(HostileTest, AnOldOfferForAnOpenLinkIsNotAnswered) {
  meet(2);
  const LinkId before = link_with(1);
  hear_offer(village.id(1));
  victim().take_outputs();
  village.now.monotonic += 16s;

  victim().handle(LinkClosed{before, "data channel closed"}, village.now);

  for (const Output& output : victim().take_outputs()) {
    EXPECT_FALSE(std::holds_alternative<AcceptLink>(output));
  }
}

TEST_F(HostileTest, CandidatesOfAnOfferThatWaitsDoNotTakeThoseOfTheOpenLink) {
  meet(2);
  const LinkId open = link_with(1);
  const auto applied_to = [&] {
    std::vector<LinkId> links;
    for (const Output& output : victim().take_outputs()) {
      if (const auto* apply = std::get_if<ApplyCandidate>(&output)) links.push_back(apply->link);
    }
    return links;
  };
  const std::string data =
      R"({"candidate":"candidate:1 1 udp 1 192.0.2.1 9 typ host","sdpMid":"0"})";
  hear_offer(village.id(1));
  victim().take_outputs();

  hear(1, wire::encode_channel_signal("ice-candidate", data, village.id(1), village.now.wall_ms));
  EXPECT_THAT(applied_to(), testing::ElementsAre(open));
  hear_candidate(village.id(1), data);
  EXPECT_THAT(applied_to(), IsEmpty()) << "kept for the offer";
  village.now.monotonic += 16s;
  hear_candidate(village.id(1), data);
  EXPECT_THAT(applied_to(), testing::ElementsAre(open)) << "the offer is too old";
}

TEST_F(HostileTest, AnOfferInTheNameOfANeighborCostsNoLiveLink) {
  meet(3);
  const LinkId before = link_with(1);
  const wire::RelayedChannelSignal signal{
      .type = "offer",
      .data = R"({"type":"offer","sdp":"v=0\r\na=fingerprint:sha-256 AB:CD\r\n"})",
      .from = {village.id(1)},
      .to = {victim().peer_id()}};
  const std::string content = wire::encode_content(signal, village.now.wall_ms);

  for (std::uint64_t i = 0; i < 6; ++i) {
    hear(2, R"({"type":"cross-bootstrap-signaling","originalMessage":{"type":"offer","data":)" +
                std::string(signal.data) + R"(,"fromPeerId":")" + village.id(1).to_text() +
                R"("},"targetPeerId":")" + victim().peer_id().to_text() + R"("})");
    hear(2, direct(2, content, i + 10));
    village.run();
    village.pass(1500ms);
  }

  EXPECT_EQ(link_with(1), before);
  EXPECT_THAT(village.events<PeerDisconnected>(0), IsEmpty());
}

TEST_F(HostileTest, CandidatesByTheThousandForUnknownPeersAreBounded) {
  meet(2);
  const auto hear_port = [&](const PeerId& from, int port) {
    hear_candidate(from, R"({"candidate":"candidate:1 1 udp 1 192.0.2.1 )" + std::to_string(port) +
                             R"( typ host","sdpMid":"0"})");
  };
  const auto applied_with_an_offer_of = [&](const PeerId& peer) {
    hear_offer(peer);
    const auto outputs = victim().take_outputs();
    return std::count_if(outputs.begin(), outputs.end(), [](const Output& output) {
      return std::holds_alternative<ApplyCandidate>(output);
    });
  };

  for (int i = 0; i < 1'000; ++i) hear_port(invented(1), i);
  EXPECT_EQ(applied_with_an_offer_of(invented(1)), 32);

  hear_port(invented(2), 5);
  EXPECT_EQ(applied_with_an_offer_of(invented(2)), 1) << "an honest one that is early";

  hear_port(invented(3), 5);
  village.now.monotonic += 11s;
  hear_port(invented(4), 5);
  EXPECT_EQ(applied_with_an_offer_of(invented(3)), 0) << "too early";

  for (std::uint64_t i = 100; i < 1'100; ++i) hear_port(invented(i), 5);
  EXPECT_EQ(applied_with_an_offer_of(invented(100)), 0) << "driven out";
  EXPECT_EQ(applied_with_an_offer_of(invented(1'099)), 1);
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

TEST_F(HostileTest, ALyingHubCostsNoLiveLink) {
  meet(2);
  const std::string peer = village.id(1).to_text();
  const std::string self = victim().peer_id().to_text();

  hear_hub(wire::encode(wire::PeerDisconnected{.peer_id = peer, .to = self, .network = "global"}));
  hear_hub(wire::encode(
      wire::RelayedGoodbye{.data = "{}", .from = peer, .to = self, .network = "global"}));
  hear_hub(wire::encode(wire::RelayedSignal{.type = wire::SignalType::connection_rejected,
                                            .data = R"({"reason":"max_peers_reached"})",
                                            .from = peer,
                                            .to = self,
                                            .network = "global"}));
  const std::string answer =
      wire::encode_data(rtc::SessionDescription{rtc::SdpType::answer, offer_sdp()});
  hear_hub(wire::encode(wire::RelayedSignal{.type = wire::SignalType::answer,
                                            .data = answer,
                                            .from = peer,
                                            .to = self,
                                            .network = "global"}));
  village.pass(5s);

  EXPECT_EQ(victim().status().connected_count, 1U);
  EXPECT_THAT(village.events<PeerDisconnected>(0), IsEmpty());
  village.inject(0, 1, chat(1, 1));
  EXPECT_THAT(village.events<MessageReceived>(0), SizeIs(1));
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
  EXPECT_FALSE(victim().send_encrypted_message(village.id(1), "secret", village.now).has_value());
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
  ASSERT_TRUE(victim().send_encrypted_message(village.id(1), "secret", village.now).has_value());
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
