#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hostile_test.hpp"
#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

// Internal messages (PeerPigeon protocol, 5.7): how they work, and that applications never see
// them.

namespace pigeon::node {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

struct InternalTest : HostileTest {
  std::string relayed_offer(std::size_t from) {
    const std::string data =
        wire::encode_data(rtc::SessionDescription{rtc::SdpType::offer, offer_sdp()});
    return wire::encode_content(
        wire::RelayedChannelSignal{
            .type = "offer", .data = data, .from = {village.id(from)}, .to = {victim().peer_id()}},
        village.now.wall_ms);
  }
  /// One of each internal type.
  std::vector<std::string> internal_texts() {
    const std::string peer = "\"" + invented(1).to_text() + "\"";
    const std::string self = "\"" + victim().peer_id().to_text() + "\"";
    const std::string signal =
        R"({"type":"offer","data":{"type":"offer","sdp":"v=0"},"fromPeerId":)" + peer + "}";
    return {
        relayed_offer(1),
        R"({"type":"signaling-relay","signalingMessage":)" + signal + R"(,"targetPeerId":)" + self +
            R"(,"timestamp":1})",
        R"({"type":"cross-bootstrap-signaling","originalMessage":)" + signal +
            R"(,"targetPeerId":)" + self + R"(,"timestamp":1})",
        R"({"type":"peer-announce-relay","data":)" + peer + "}",
        R"({"type":"bootstrap-keepalive","from":)" + peer + "}",
        R"({"type":"client-peer-announcement","clientPeerId":)" + peer + "}",
    };
  }
  static std::string quoted(const std::string& json) {
    std::string text;
    wire::append_json_string(text, json);
    return text;
  }
};

TEST_F(InternalTest, NoneReachesTheApplicationInWhateverForm) {
  meet(2);
  std::uint64_t number = 1;
  for (const std::string& text : internal_texts()) {
    hear(1, text);
    hear(1, direct(1, text, number++));
    hear(1, direct(1, quoted(text), number++));
    hear(1, gossip(1, {.id = message_id(number++), .subtype = "chat", .content = quoted(text)}));
    village.run();
  }

  EXPECT_THAT(village.events<MessageReceived>(0), IsEmpty());
  EXPECT_EQ(victim().status().connected_count, 1U);
}

TEST_F(InternalTest, ChatThatLooksInternalIsPassedOn) {
  meet(3);
  const std::uint64_t forwarded = counters().forwarded;

  hear(1, gossip(1, {.id = message_id(1),
                     .subtype = "chat",
                     .content = quoted(R"({"type":"bootstrap-keepalive"})")}));
  village.run();

  EXPECT_EQ(counters().forwarded, forwarded + 1);
  EXPECT_THAT(village.events<MessageReceived>(2), IsEmpty());
}

// A signal in a string, which wants a confirmation on top, once led to a look at the wrong text.
TEST_F(InternalTest, SignalsInStringsAreSwallowedAndNotConfirmed) {
  meet(2);
  const NodeCounters before = counters();

  hear(1, gossip(1, {.id = message_id(1),
                     .subtype = "dm",
                     .content = quoted(relayed_offer(1)),
                     .to = wire::SpelledId{victim().peer_id()},
                     .wants_ack = true}));
  village.run();

  EXPECT_EQ(counters().unknown, before.unknown + 1);
  EXPECT_EQ(counters().messages_sent, before.messages_sent);
}

TEST_F(InternalTest, ARelayedOfferOfAProvenPeerIsTaken) {
  meet(3);
  const PeerId stranger = invented(7);
  const std::string signal =
      R"({"type":"offer","data":)" +
      wire::encode_data(rtc::SessionDescription{rtc::SdpType::offer, offer_sdp()}) +
      R"(,"fromPeerId":")" + stranger.to_text() + R"("})";

  hear(1, R"({"type":"cross-bootstrap-signaling","originalMessage":)" + signal +
              R"(,"targetPeerId":")" + victim().peer_id().to_text() + R"(","timestamp":1})");

  std::vector<PeerId> accepted;
  for (const Output& output : victim().take_outputs()) {
    if (const auto* accept = std::get_if<AcceptLink>(&output)) accepted.push_back(accept->peer);
  }
  EXPECT_THAT(accepted, testing::ElementsAre(stranger));
}

TEST_F(InternalTest, KeysMayComeBeforeAProofButNothingElse) {
  NodeOptions options{.trust = TrustPolicy::verified_only};
  village.on_text = [](std::size_t, std::size_t, std::string& text) {
    if (text.find("key_exchange") != std::string::npos) text = "{}";
  };
  village.add_connected(2, options);
  ASSERT_THAT(village[0].ends, SizeIs(1)) << "open, and not proven";

  hear(1, gossip(1, {.id = message_id(1),
                     .subtype = "key_exchange",
                     .content = R"("hello")",
                     .to = wire::SpelledId{victim().peer_id()}}));
  village.run();

  EXPECT_THAT(village.events<MessageReceived>(0), IsEmpty());
}

}  // namespace
}  // namespace pigeon::node
