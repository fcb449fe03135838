#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

class DecodeChannelTest : public ::testing::Test, protected PeerMessageReading {
 protected:
  const SpelledId spelled_alice_ = *SpelledId::parse(alice_text);
  const SpelledId spelled_bob_ = *SpelledId::parse(bob_text);
  const SpelledId spelled_carol_ = *SpelledId::parse(carol_text);

  /// The text with ID, OTHER and THIRD replaced.
  static std::string filled(std::string text) {
    const auto replace_all = [&text](std::string_view name, std::string_view id) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
        text.replace(at, name.size(), id);
      }
    };
    replace_all("ALICE", alice_text);
    replace_all("BOB", bob_text);
    replace_all("CAROL", carol_text);
    return text;
  }
};

TEST_F(DecodeChannelTest, ReadsAnEvictionAndCutsItsReason) {
  const std::string text = R"({"type":"eviction","reason":"topology optimization","from":")" +
                           std::string(bob_text) + "\"}";
  EXPECT_EQ(decode<Eviction>(text).reason, "topology optimization");
  EXPECT_EQ(encode_eviction("topology optimization", bob), text);

  EXPECT_EQ(decode<Eviction>(R"({"type":"eviction"})").reason, "");
  EXPECT_EQ(decode<Eviction>(R"({"type":"eviction","reason":5})").reason, "");
  const std::string longest(reason_bytes_max - 1, 'r');
  EXPECT_EQ(decode<Eviction>(encode_eviction(longest + "\xC3\xA4", bob)).reason, longest);
  EXPECT_TRUE(decodes_only_whole(text));
}

TEST_F(DecodeChannelTest, ReadsSignalsInEitherForm) {
  const std::string wrapped =
      filled(R"({"type":"signaling","data":{"type":"renegotiation-offer","data":{"type":"offer",)"
             R"("sdp":"..."}},"fromPeerId":"CAROL","timestamp":1})");
  const auto signal = decode<ChannelSignal>(wrapped);
  EXPECT_EQ(signal.type, "renegotiation-offer");
  EXPECT_EQ(signal.data, R"({"type":"offer","sdp":"..."})");
  EXPECT_EQ(signal.from, spelled_carol_);

  const auto bare = decode<ChannelSignal>(R"({"type":"renegotiation-answer","data":{"sdp":""}})");
  EXPECT_EQ(bare.type, "renegotiation-answer");
  EXPECT_EQ(bare.data, R"({"sdp":""})");
  EXPECT_FALSE(bare.from.has_value());
  EXPECT_TRUE(decodes_only_whole(wrapped));
}

TEST_F(DecodeChannelTest, WritesSignalsInUpstreamsForm) {
  EXPECT_EQ(encode_channel_signal("renegotiation-answer", R"({"sdp":"x"})", alice, 9),
            filled(R"({"type":"signaling","data":{"type":"renegotiation-answer",)"
                   R"("data":{"sdp":"x"}},"fromPeerId":"ALICE","timestamp":9})"));
}

TEST_F(DecodeChannelTest, RefusesMalformedSignals) {
  for (const std::string_view wrong :
       {R"({"type":"signaling"})", R"({"type":"signaling","data":null})",
        R"({"type":"signaling","data":"offer"})", R"({"type":"signaling","data":{}})",
        R"({"type":"signaling","data":{"type":1}})",
        R"({"type":"signaling","data":{"type":"offer","type":"answer"}})",
        R"({"type":"signaling","data":{"type":"offer"},"fromPeerId":"me"})",
        R"({"type":"signaling","data":{"type":"offer"},"fromPeerId":{}})",
        R"({"type":"renegotiation-offer","fromPeerId":"x"})"}) {
    EXPECT_EQ(error_of(wrong), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeChannelTest, ReadsRelayedSignalsInEveryForm) {
  for (const std::string_view form :
       {R"({"type":"signaling-relay","data":{"type":"offer","data":{"sdp":"s"}},)"
        R"("targetPeerId":"BOB","fromPeerId":"CAROL","timestamp":1})",
        R"({"type":"signaling-relay","signalingMessage":{"type":"offer","data":{"sdp":"s"},)"
        R"("fromPeerId":"CAROL"},"targetPeerId":"BOB","timestamp":1})",
        R"({"type":"cross-bootstrap-signaling","originalMessage":{"type":"offer",)"
        R"("data":{"sdp":"s"},"fromPeerId":"CAROL","timestamp":1},"targetPeerId":"BOB"})"}) {
    const std::string text = filled(std::string(form));
    const auto signal = decode<RelayedChannelSignal>(text);
    EXPECT_EQ(signal.type, "offer") << text;
    EXPECT_EQ(signal.data, R"({"sdp":"s"})") << text;
    EXPECT_EQ(signal.from, spelled_carol_) << text;
    EXPECT_EQ(signal.to, spelled_bob_) << text;
    EXPECT_TRUE(decodes_only_whole(text));
  }
}

TEST_F(DecodeChannelTest, RefusesRelayedSignalsOfOrForNobody) {
  for (const std::string_view wrong :
       {R"({"type":"signaling-relay"})",
        R"({"type":"signaling-relay","data":{"type":"offer"},"targetPeerId":"BOB"})",
        R"({"type":"signaling-relay","data":{"type":"offer"},"fromPeerId":"BOB"})",
        R"({"type":"signaling-relay","data":{},"targetPeerId":"BOB","fromPeerId":"CAROL"})",
        R"({"type":"signaling-relay","data":{"type":"offer"},"targetPeerId":{"id":"BOB"},)"
        R"("fromPeerId":"CAROL"})"}) {
    EXPECT_EQ(error_of(filled(std::string(wrong))), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeChannelTest, ReadsNoticesOfPeers) {
  for (const std::string_view form :
       {R"({"type":"peer-announce-relay","data":"CAROL"})",
        R"({"type":"bootstrap-keepalive","from":"CAROL"})",
        R"({"type":"client-peer-announcement","clientPeerId":"CAROL"})"}) {
    const std::string text = filled(std::string(form));
    EXPECT_EQ(decode<PeerNotice>(text).peer, spelled_carol_) << text;
    EXPECT_TRUE(decodes_only_whole(text));
  }
}

TEST_F(DecodeChannelTest, ReadsWhetherANamedPeerIsOfThisProject) {
  const PeerNotice ours = decode<PeerNotice>(encode(PeerNotice{spelled_carol_, true}));
  const PeerNotice other = decode<PeerNotice>(encode(PeerNotice{spelled_carol_, false}));

  EXPECT_EQ(ours.peer, spelled_carol_);
  EXPECT_TRUE(ours.is_capable);
  EXPECT_EQ(other.peer, spelled_carol_);
  EXPECT_FALSE(other.is_capable);
}

TEST_F(DecodeChannelTest, NeverTakesAnObjectForAnId) {
  // Upstream hands the object to its discovery, which throws on it later.
  EXPECT_EQ(decode<PeerNotice>(filled(R"({"type":"peer-announce-relay","data":{"x":1,)"
                                      R"("peerId":"CAROL"}})"))
                .peer,
            spelled_carol_);
  for (const std::string_view wrong :
       {R"({"type":"peer-announce-relay","data":{}})",
        R"({"type":"peer-announce-relay","data":{"peerId":{"peerId":"CAROL"}}})",
        R"({"type":"peer-announce-relay","data":["CAROL"]})",
        R"({"type":"peer-announce-relay","data":{"peerId":"CAROL","peerId":"BOB"}})",
        R"({"type":"peer-announce-relay"})", R"({"type":"peer-announce-relay","data":7})",
        R"({"type":"bootstrap-keepalive","from":{}})", R"({"type":"bootstrap-keepalive"})",
        R"({"type":"client-peer-announcement","clientPeerId":{"id":"CAROL"}})"}) {
    EXPECT_EQ(error_of(filled(std::string(wrong))), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeChannelTest, AnswersPingsOf011) {
  EXPECT_EQ(decode<ChannelPing>(R"({"type":"ping","timestamp":17})").timestamp, 17);
  EXPECT_EQ(decode<ChannelPing>(R"({"type":"ping"})").timestamp, 0);
  EXPECT_EQ(error_of(R"({"type":"ping","timestamp":"now"})"), WireError::bad_field);
  const std::string pong = encode_channel_pong(18, 17, alice);
  EXPECT_EQ(pong,
            filled(R"({"type":"pong","timestamp":18,"originalTimestamp":17,"from":"ALICE"})"));
  decode<ChannelPong>(pong);
}

TEST_F(DecodeChannelTest, HandsOutMessagesOfTheHashTableWhole) {
  const std::string text = R"({"type":"dht","messageType":"dht_query","data":{"key":"global:k"}})";

  EXPECT_EQ(decode<DhtMessage>(" " + text + " ").data, text);
}

TEST_F(DecodeChannelTest, TakesUnknownJsonWithoutComplaint) {
  for (const std::string_view text :
       {"{}", "[]", "1", "null", "\"text\"", R"({"type":"hello"})", R"({"type":["gossip"]})",
        R"({"type":"mesh_signaling","data":1})", R"({"type":"__OTHER__"})"}) {
    decode<UnknownPeerMessage>(text);
  }
}

TEST_F(DecodeChannelTest, RefusesWhatIsNoJsonOrTooLargeOrTooDeep) {
  for (const std::string_view text : {"", "hello", "{", "{\"type\":\"gossip\"", "\xff", "{} {}"}) {
    EXPECT_EQ(error_of(text), WireError::malformed_json) << text;
  }
  EXPECT_EQ(error_of("\"" + std::string(1'048'576, 'x') + "\""), WireError::too_large);
  EXPECT_EQ(error_of(std::string(1'000, '[') + std::string(1'000, ']')),
            WireError::nested_too_deep);
}

}  // namespace
}  // namespace pigeon::wire
