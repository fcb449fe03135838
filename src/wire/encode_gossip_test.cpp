#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

using ::testing::ElementsAre;

class EncodeGossipTest : public ::testing::Test, protected PeerMessageReading {
 protected:
  std::string forwarded(std::string_view text, bool spreads = false) {
    return encode_forward(decode<GossipMessage>(text), carol, spreads);
  }

  const OutgoingGossip chat_{.id = *MessageId::parse("0123456789abcdef0123456789abcdef"),
                             .subtype = "chat",
                             .content = "\"hello\"",
                             .from = alice,
                             .network = "global",
                             .timestamp = 1'700'000'000'000};
};

TEST_F(EncodeGossipTest, WritesWhat113Writes) { EXPECT_EQ(encode(chat_), broadcast_of_1_1_3); }

TEST_F(EncodeGossipTest, RoundTripsEveryField) {
  OutgoingGossip message = chat_;
  message.subtype = "d\"m";
  message.content = R"({"a":[1,2],"b":null})";
  message.to = SpelledId::parse(carol_text);
  message.network = "ch\xC3\xA4ss";
  message.ttl = 7;
  message.proof = MessageProof{.key = "X.Y", .signature = "abc"};
  message.wants_ack = true;
  message.spreads = true;

  const std::string text = encode(message);
  const auto decoded = decode<GossipMessage>(text);

  EXPECT_THAT(text, ::testing::HasSubstr("\"to\":\"" + std::string(carol_text) + "\""));
  EXPECT_EQ(decoded.id, message.id);
  EXPECT_EQ(decoded.subtype, message.subtype);
  EXPECT_EQ(decoded.content.raw, message.content);
  EXPECT_EQ(decoded.from, alice);
  EXPECT_EQ(decoded.to, carol);
  EXPECT_EQ(decoded.network, message.network);
  EXPECT_EQ(decoded.timestamp, message.timestamp);
  EXPECT_EQ(decoded.ttl, 7U);
  EXPECT_THAT(decoded.path, ElementsAre(alice));
  ASSERT_TRUE(decoded.proof.has_value());
  EXPECT_EQ(decoded.proof->key, "X.Y");
  EXPECT_EQ(decoded.proof->signature, "abc");
  EXPECT_TRUE(decoded.wants_ack);
  EXPECT_TRUE(decoded.spreads);
}

TEST_F(EncodeGossipTest, ForwardsWithOneHopLessAndItselfOnThePath) {
  const std::string expected = with(with(broadcast_of_1_1_3, "\"ttl\":40", "\"ttl\":39"), "aa\"]}",
                                    "aa\",\"cccccccccccccccccccccccccccccccccccccccc\"]}");

  EXPECT_EQ(forwarded(broadcast_of_1_1_3), expected);
}

TEST_F(EncodeGossipTest, ForwardsEveryOtherByteAsItCame) {
  const std::string odd =
      " { \"unknown\":[1.50, {\"ttl\":3}],\"path\" : [ \"" + std::string(alice_text) +
      "\" ] ,\"from\":\"" + std::string(alice_text) +
      "\",\t\"id\":\"x\",\"subtype\":\"c\\u0068at\",\"content\":{\"path\":[],\"n\":1E+2},"
      "\"ttl\" : 10 ,\"type\":\"gossip\"}\n";
  const std::string expected = with(with(odd.substr(1, odd.size() - 2), " : 10 ,", " : 9 ,"),
                                    "\" ] ,", "\" ,\"" + carol.to_text() + "\"] ,");

  EXPECT_EQ(forwarded(odd), expected);
}

TEST_F(EncodeGossipTest, MakesAPathIfThereIsNone) {
  const std::string mine = "\"path\":[\"" + carol.to_text() + "\"]}";
  const std::string empty = with(broadcast_of_1_1_3, "[\"" + std::string(alice_text) + "\"]", "[]");
  const std::string absent = with(empty, ",\"path\":[]", "");

  EXPECT_THAT(forwarded(empty), ::testing::EndsWith("\"ttl\":39," + mine));
  EXPECT_THAT(forwarded(absent), ::testing::EndsWith("\"ttl\":39," + mine));
}

TEST_F(EncodeGossipTest, MarksASpreadOnce) {
  const std::string once = forwarded(broadcast_of_1_1_3, true);
  const std::string twice = forwarded(once, true);

  EXPECT_THAT(once, ::testing::EndsWith("],\"spread\":true}"));
  EXPECT_TRUE(decode<GossipMessage>(once).spreads);
  EXPECT_TRUE(decode<GossipMessage>(twice).spreads);
  EXPECT_TRUE(decode<GossipMessage>(forwarded(once, false)).spreads);
}

TEST_F(EncodeGossipTest, KeepsAUsedUpTtlAtZero) {
  const std::string expired = with(broadcast_of_1_1_3, "\"ttl\":40", "\"ttl\":0");

  EXPECT_EQ(decode<GossipMessage>(forwarded(expired)).ttl, 0U);
}

TEST_F(EncodeGossipTest, ForwardsOverAsManyHopsAsATtlAllows) {
  std::string text = broadcast_of_1_1_3;
  for (std::uint32_t ttl = ttl_max; ttl > 0; --ttl) text = forwarded(text);

  const auto message = decode<GossipMessage>(text);
  EXPECT_EQ(message.ttl, 0U);
  EXPECT_EQ(message.path.size(), std::size_t{ttl_max} + 1);
  EXPECT_EQ(message.content.raw, "\"hello\"");
}

}  // namespace
}  // namespace pigeon::wire
