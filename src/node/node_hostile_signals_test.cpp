#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hostile_test.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

// Offers and candidates that are made up, old, played again or too many.

namespace pigeon::node {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

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

}  // namespace
}  // namespace pigeon::node
