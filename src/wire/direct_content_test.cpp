#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/json_writer.hpp"
#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

class DirectContentTest : public ::testing::Test, protected PeerMessageReading {
 protected:
  Result<DirectContent, WireError> decode_content(std::string_view content) {
    const auto parsed = reader_.parse(R"({"content":)" + std::string(content) + "}");
    if (!parsed) return Unexpected(parsed.error());
    return decode_direct_content(reader_.members(*parsed)[0].value, reader_, spare_);
  }

  template <class Content>
  Content content_of(std::string_view text) {
    const auto decoded = decode_content(text);
    if (!decoded) {
      ADD_FAILURE() << to_string(decoded.error()) << ": " << text;
      return {};
    }
    const auto* content = std::get_if<Content>(&*decoded);
    EXPECT_NE(content, nullptr) << text;
    return content == nullptr ? Content{} : *content;
  }

  /// The text as a JSON string.
  static std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
  }

  void expect_no_truncation_counts(std::string_view content) {
    for (std::size_t length = 1; length < content.size(); ++length) {
      EXPECT_FALSE(decode_content(content.substr(0, length)).has_value()) << length;
    }
  }

  const SpelledId spelled_bob_ = *SpelledId::parse(bob_text);
  const SpelledId spelled_carol_ = *SpelledId::parse(carol_text);
  const std::string signaling_relay_ = encode_content(
      RelayedChannelSignal{
          .type = "offer", .data = R"({"sdp":"s"})", .from = spelled_carol_, .to = spelled_bob_},
      7);
};

TEST_F(DirectContentTest, LeavesEverythingElseToTheApplication) {
  for (const std::string_view content :
       {"\"hello\"", "\"\"", "null", "1", "true", "[]", "{}", R"({"type":"chat","type":1})",
        R"({"type":7})", R"("{\"type\":\"chat\"}")", R"("{\"type\":")", R"("{}")", "\" {\"",
        R"({"encrypted":false,"data":{}})"}) {
    content_of<ApplicationContent>(content);
  }
}

TEST_F(DirectContentTest, ReadsKeyExchangesOfUpstream) {
  const std::string_view golden =
      R"({"type":"key_exchange","publicKey":{"pub":"A.B","epub":"C.D"},"timestamp":1})";
  const auto exchange = content_of<KeyExchange>(golden);

  EXPECT_FALSE(exchange.is_response);
  EXPECT_EQ(exchange.signing_key, "A.B");
  EXPECT_EQ(exchange.encryption_key, "C.D");
  EXPECT_EQ(exchange.proof, "");
  EXPECT_EQ(encode_content(exchange, 1), golden);
  expect_no_truncation_counts(golden);
}

TEST_F(DirectContentTest, KeyExchangesWithAProofRoundTrip) {
  const auto exchange = content_of<KeyExchange>(encode_content(
      KeyExchange{
          .is_response = true, .signing_key = "A.B", .encryption_key = "C.D", .proof = "sig"},
      1));

  EXPECT_TRUE(exchange.is_response);
  EXPECT_EQ(exchange.proof, "sig");
}

TEST_F(DirectContentTest, AcknowledgementsRoundTrip) {
  const DirectAck ack{*MessageId::parse("0123456789abcdef0123456789abcdef")};

  EXPECT_EQ(encode_content(ack),
            R"({"type":"direct-ack","messageId":"0123456789abcdef0123456789abcdef"})");
  EXPECT_EQ(content_of<DirectAck>(encode_content(ack)).message, ack.message);
}

TEST_F(DirectContentTest, ReadsEncryptedContent) {
  const std::string_view golden =
      R"({"encrypted":true,"data":{"ciphertext":"c","iv":"i","sender":"E.F","timestamp":3},)"
      R"("from":"A.B","nonce":"0123456789abcdef","timestamp":3})";
  const auto content = content_of<EncryptedContent>(golden);

  EXPECT_EQ(content.ciphertext, "c");
  EXPECT_EQ(content.iv, "i");
  EXPECT_EQ(content.ephemeral_key, "E.F");
  EXPECT_EQ(content.from_key, "A.B");
  EXPECT_EQ(content.nonce, "0123456789abcdef");
  EXPECT_EQ(encode_content(content, 3), golden);
  expect_no_truncation_counts(golden);
}

TEST_F(DirectContentTest, ReadsWhatIsEncryptedToAGroup) {
  const std::string_view golden =
      R"({"encrypted":true,"group":true,"groupId":"chess",)"
      R"("data":{"ciphertext":"c","iv":"i","sender":"E.F","timestamp":3},)"
      R"("from":"A.B","nonce":"0123456789abcdef","timestamp":3})";
  const auto content = content_of<EncryptedContent>(golden);

  EXPECT_EQ(content.group, "chess");
  EXPECT_EQ(content.ciphertext, "c");
  EXPECT_EQ(encode_content(content, 3), golden);
  expect_no_truncation_counts(golden);
}

TEST_F(DirectContentTest, LeavesWhatIsSealedForNobodyToTheApplication) {
  // An "encrypted" broadcast of upstream without a group is plain.
  content_of<ApplicationContent>(R"({"encrypted":true,"broadcast":true,"data":"plain"})");
  content_of<ApplicationContent>(R"({"encrypted":true,"broadcast":true,"data":{"a":1}})");
}

TEST_F(DirectContentTest, ReadsSignalsAndNotices) {
  EXPECT_EQ(signaling_relay_,
            R"({"type":"signaling-relay","signalingMessage":{"type":"offer","data":{"sdp":"s"},)"
            R"("fromPeerId":"CCCCCCCCCCCCCCCCCCCCcccccccccccccccccccc"},)"
            R"("targetPeerId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":7})");
  const auto signal = content_of<RelayedChannelSignal>(signaling_relay_);
  EXPECT_EQ(signal.type, "offer");
  EXPECT_EQ(signal.data, R"({"sdp":"s"})");
  EXPECT_EQ(signal.from, spelled_carol_);
  EXPECT_EQ(signal.to, spelled_bob_);
  EXPECT_EQ(content_of<PeerNotice>(R"({"type":"peer-announce-relay","data":{"peerId":")" +
                                   std::string(bob_text) + R"("}})")
                .peer,
            spelled_bob_);
  expect_no_truncation_counts(signaling_relay_);
}

TEST_F(DirectContentTest, SwallowsSignalsInsideOfStrings) {
  content_of<SwallowedContent>(quoted(" " + signaling_relay_));
}

TEST_F(DirectContentTest, ReadsNoticesInsideOfStrings) {
  EXPECT_EQ(content_of<PeerNotice>(
                quoted(R"({"type":"bootstrap-keepalive","from":")" + std::string(bob_text) + "\"}"))
                .peer,
            spelled_bob_);
}

TEST_F(DirectContentTest, KeepsKeysAndAcknowledgementsOutOfStrings) {
  content_of<ApplicationContent>(quoted(R"({"type":"direct-ack","messageId":"x"})"));
  content_of<ApplicationContent>(
      quoted(R"({"type":"key_exchange","publicKey":{"pub":"A.B","epub":"C.D"}})"));
}

TEST_F(DirectContentTest, RefusesMalformedInternalContent) {
  for (const std::string_view wrong :
       {R"({"type":"key_exchange"})", R"({"type":"key_exchange","publicKey":{"pub":"A.B"}})",
        R"({"type":"key_exchange","publicKey":{"pub":1,"epub":"C.D"}})",
        R"({"type":"key_exchange","publicKey":{"pub":"A.B","epub":"C.D","pub":"E.F"}})",
        R"({"type":"key_exchange","publicKey":{"pub":"A","epub":"B"},"proof":"a","proof":"b"})",
        R"({"type":"key_exchange","publicKey":{"pub":"A","epub":"B"},"proof":1})",
        R"({"type":"direct-ack"})", R"({"type":"direct-ack","messageId":5})",
        R"({"type":"signaling-relay"})", R"({"type":"peer-announce-relay","data":{}})",
        R"({"encrypted":true,"data":{}})", R"({"encrypted":true,"group":true,"data":{}})",
        R"({"encrypted":true,"data":{"ciphertext":"c"}})",
        R"({"encrypted":true,"encrypted":true,"data":{"ciphertext":"c","iv":"i","sender":"s"}})",
        R"("{\"type\":\"signaling-relay\"}")"}) {
    const auto decoded = decode_content(wrong);
    ASSERT_FALSE(decoded.has_value()) << wrong;
    EXPECT_EQ(decoded.error(), WireError::bad_field) << wrong;
  }
}

TEST_F(DirectContentTest, KnowsChatThatUpstreamKeepsFromApplications) {
  for (const std::string_view text :
       {R"({"type":"signaling-relay"})", R"( {"x":1,"type":"peer-announce-relay"} )",
        R"({"type":"bootstrap-keepalive","from":5})", R"({"type":"client-peer-announcement"})",
        R"({"type":"chat","type":"cross-bootstrap-signaling"})",
        R"({"\u0074ype":"bootstrap\u002dkeepalive"})"}) {
    EXPECT_TRUE(is_internal_chat(text, spare_)) << text;
  }
  for (const std::string_view text :
       {"", "hello", "signaling-relay", "\"signaling-relay\"", R"({"type":"chat"})",
        R"({"type":"signaling-relay","type":"chat"})", R"([{"type":"signaling-relay"}])",
        R"({"data":{"type":"signaling-relay"}})", R"({"type":"signaling-relay")",
        R"({"type":["signaling-relay"]})"}) {
    EXPECT_FALSE(is_internal_chat(text, spare_)) << text;
  }
}

TEST_F(DirectContentTest, WritesAnnouncementsOfPeers) {
  EXPECT_EQ(encode_peer_announcement(bob, 4),
            R"({"peerId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":4})");
}

}  // namespace
}  // namespace pigeon::wire
