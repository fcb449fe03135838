#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

class MessageProofTest : public ::testing::Test, protected PeerMessageReading {
 protected:
  /// The text that a receiver of the message checks.
  std::optional<std::string> received(std::string_view text) {
    return signed_text(decode<GossipMessage>(text), reader_);
  }

  OutgoingGossip direct_{.id = *MessageId::parse("0123456789abcdef0123456789abcdef"),
                         .subtype = "dm",
                         .content = R"({ "z":1.50, "a":["\u00e9\n", {"y":[],"x":null}] })",
                         .from = alice,
                         .to = SpelledId::parse(carol_text),
                         .network = "a \"b\"",
                         .timestamp = 7,
                         .wants_ack = true};
};

TEST_F(MessageProofTest, CoversTheCanonicalFormOfWhatRelaysKeep) {
  EXPECT_EQ(signed_text(direct_, spare_),
            "{\"content\":{\"a\":[\"\xC3\xA9\\n\",{\"x\":null,\"y\":[]}],\"z\":1.5},"
            "\"from\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
            "\"id\":\"0123456789abcdef0123456789abcdef\",\"networkName\":\"a \\\"b\\\"\","
            "\"subtype\":\"dm\",\"timestamp\":7,"
            "\"to\":\"cccccccccccccccccccccccccccccccccccccccc\"}");
}

TEST_F(MessageProofTest, IsTheSameForSenderAndReceiver) {
  const auto sent = signed_text(direct_, spare_);
  ASSERT_TRUE(sent.has_value());
  const std::string text = encode(direct_);

  EXPECT_EQ(received(text), sent);
  EXPECT_EQ(received(encode_forward(decode<GossipMessage>(text), bob, true)), sent);
  direct_.to.reset();
  EXPECT_EQ(received(encode(direct_)), signed_text(direct_, spare_));
  EXPECT_NE(received(encode(direct_)), sent);
}

TEST_F(MessageProofTest, SurvivesARelayThatPrintsAgain) {
  // What JSON.stringify(JSON.parse(text)) makes of it.
  const std::string printed = with(
      with(with(encode(direct_), "{ \"z\":1.50, \"a\"", "{\"z\":1.5,\"a\""), "\\u00e9", "\xC3\xA9"),
      " {\"y\":[],\"x\":null}] }", "{\"y\":[],\"x\":null}]}");

  EXPECT_EQ(received(printed), signed_text(direct_, spare_));
}

TEST_F(MessageProofTest, ChangesWithEveryFieldItCovers) {
  const std::string text = encode(direct_);
  const auto sent = signed_text(direct_, spare_);
  for (const auto& [part, replacement] : {std::pair{"1.50", "1.51"},
                                          {"0123456789abcdef\"", "0123456789abcdee\""},
                                          {"0123456789abcdef\"", "0123456789abcdeF\""},
                                          {"\"dm\"", "\"chat\""},
                                          {"\"from\":\"a", "\"from\":\"b"},
                                          {"\"to\":\"C", "\"to\":\"D"},
                                          {"a \\\"b", "a \\\"c"},
                                          {"\"timestamp\":7", "\"timestamp\":8"}}) {
    EXPECT_NE(received(with(text, part, replacement)), sent) << part;
  }
}

TEST_F(MessageProofTest, IsNotForContentThatDoesNotSurvive) {
  for (const std::string_view content :
       {"9007199254740993", R"({"a":1,"a":2})", R"([{"b":{"a":1,"\u0061":2}}])"}) {
    direct_.content = content;
    EXPECT_FALSE(signed_text(direct_, spare_).has_value()) << content;
    EXPECT_FALSE(received(encode(direct_)).has_value()) << content;
  }
  direct_.content = "no json";
  EXPECT_FALSE(signed_text(direct_, spare_).has_value());
}

TEST_F(MessageProofTest, BindsALinkToItsTwoCertificates) {
  EXPECT_EQ(link_proof_text({.from = alice,
                             .to = bob,
                             .fingerprint = "sha-256 AA",
                             .peer_fingerprint = "sha-256 BB"}),
            R"({"fingerprint":"sha-256 AA","from":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
            R"("peerFingerprint":"sha-256 BB","to":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",)"
            R"("type":"pigeon-link-1"})");
}

TEST_F(MessageProofTest, KnowsTheTextsThatProofsCover) {
  EXPECT_TRUE(is_proof_text(link_proof_text({})));
  JsonReader spare;
  const auto text = signed_text(OutgoingGossip{.subtype = "chat", .content = "1"}, spare);
  ASSERT_TRUE(text);
  EXPECT_TRUE(is_proof_text(*text));
  EXPECT_TRUE(is_proof_text(" " + *text));

  for (const char* other : {"", "hello", "{}", "[1]", R"({"type":"order","id":1})",
                            R"({"content":"x","from":"a","timestamp":1})"}) {
    EXPECT_FALSE(is_proof_text(other)) << other;
  }
}

}  // namespace
}  // namespace pigeon::wire
