#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/limits.hpp"
#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DecodeGossipTest : public ::testing::Test, protected PeerMessageReading {
 protected:
  /// The broadcast with another value of a member.
  static std::string with_member(std::string_view member, std::string_view value) {
    std::string text = broadcast_of_1_1_3;
    const std::string key = "\"" + std::string(member) + "\":";
    const std::size_t begin = text.find(key) + key.size();
    const std::size_t end =
        text[begin] == '[' ? text.find(']', begin) + 1 : text.find_first_of(",}", begin);
    return text.replace(begin, end - begin, value);
  }
  static std::string without_member(std::string_view member) {
    return with(broadcast_of_1_1_3, "\"" + std::string(member) + "\"", "\"other\"");
  }
  static std::string with_added(std::string_view members) {
    return broadcast_of_1_1_3.substr(0, broadcast_of_1_1_3.size() - 1) + "," +
           std::string(members) + "}";
  }
};

TEST_F(DecodeGossipTest, ReadsABroadcastOf113) {
  const auto message = decode<GossipMessage>(broadcast_of_1_1_3);

  EXPECT_EQ(message.id_text, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(message.id, *MessageId::parse("0123456789abcdef0123456789abcdef"));
  EXPECT_EQ(message.subtype, "chat");
  EXPECT_EQ(message.content.raw, "\"hello\"");
  EXPECT_EQ(message.from, alice);
  EXPECT_FALSE(message.to.has_value());
  EXPECT_EQ(message.network, "global");
  EXPECT_EQ(message.timestamp, 1'700'000'000'000);
  EXPECT_EQ(message.ttl, 40U);
  EXPECT_THAT(message.path, ElementsAre(alice));
  EXPECT_FALSE(message.proof.has_value());
  EXPECT_FALSE(message.wants_ack);
  EXPECT_FALSE(message.spreads);
  EXPECT_EQ(message.text, broadcast_of_1_1_3);
  EXPECT_EQ(message.ttl_text, "40");
  EXPECT_EQ(message.path_text, "[\"" + std::string(alice_text) + "\"]");
}

TEST_F(DecodeGossipTest, ReadsAMessageOf011WithoutTypeAndNamespace) {
  const auto message = decode<GossipMessage>(routed_of_0_1_1);

  EXPECT_EQ(message.subtype, "dht-routing");
  EXPECT_EQ(message.to, bob);
  EXPECT_EQ(message.network, "global");
  EXPECT_EQ(message.content.raw, R"({"type":"dht"})");
}

TEST_F(DecodeGossipTest, ReadsWhatOnlyThisProjectAdds) {
  const auto message = decode<GossipMessage>(
      with_added(R"("proof":{"pub":"X.Y","sig":"s"},"ack":true,"spread":true)"));

  ASSERT_TRUE(message.proof.has_value());
  EXPECT_EQ(message.proof->key, "X.Y");
  EXPECT_EQ(message.proof->signature, "s");
  EXPECT_TRUE(message.wants_ack);
  EXPECT_TRUE(message.spreads);
}

TEST_F(DecodeGossipTest, TakesAnyTypeThatIsNotKnownAsUpstreamDoes) {
  for (const std::string_view type : {"\"gosip\"", "\"\"", "7", "null", "\"__BINARY\"", "{}"}) {
    EXPECT_EQ(decode<GossipMessage>(with_member("type", type)).from, alice) << type;
  }
  decode<UnknownPeerMessage>(R"({"type":"gosip","id":"x","subtype":"chat","from":"y"})");
}

TEST_F(DecodeGossipTest, RefusesGossipThatLacksWhatMakesIt) {
  for (const std::string_view member : {"id", "subtype", "content", "from", "ttl"}) {
    EXPECT_EQ(error_of(without_member(member)), WireError::bad_field) << member;
  }
  for (const std::string_view member : {"id", "subtype", "from"}) {
    EXPECT_EQ(error_of(with_member(member, "\"\"")), WireError::bad_field) << member;
    EXPECT_EQ(error_of(with_member(member, "null")), WireError::bad_field) << member;
    EXPECT_EQ(error_of(with_member(member, "1")), WireError::bad_field) << member;
  }
}

TEST_F(DecodeGossipTest, TakesWhatMayBeAbsent) {
  EXPECT_EQ(decode<GossipMessage>(without_member("networkName")).network, "global");
  EXPECT_EQ(decode<GossipMessage>(with_member("networkName", "null")).network, "global");
  EXPECT_EQ(decode<GossipMessage>(without_member("timestamp")).timestamp, 0);
  EXPECT_THAT(decode<GossipMessage>(without_member("path")).path, IsEmpty());
  EXPECT_EQ(decode<GossipMessage>(without_member("path")).path_text, "");
  EXPECT_THAT(decode<GossipMessage>(with_member("path", "[ ]")).path, IsEmpty());
}

TEST_F(DecodeGossipTest, TakesAnyJsonAsContent) {
  for (const std::string_view content :
       {"null", "false", "0", "\"\"", "[]", R"({ "a" : [1, {"b":"]}"}] })", "-1.5e+3",
        R"("\ud83d\udc26")"}) {
    EXPECT_EQ(decode<GossipMessage>(with_member("content", content)).content.raw, content);
  }
}

TEST_F(DecodeGossipTest, RefusesAnAbsurdTtl) {
  EXPECT_EQ(decode<GossipMessage>(with_member("ttl", "0")).ttl, 0U);
  for (const std::string_view ttl : {"41", "-1", "1e9", "4294967296", "18446744073709551615",
                                     "10.5", "\"10\"", "null", "true", "[]"}) {
    EXPECT_EQ(error_of(with_member("ttl", ttl)), WireError::bad_field) << ttl;
  }
}

TEST_F(DecodeGossipTest, RefusesAnAbsurdPath) {
  std::string path = "[";
  for (std::size_t i = 0; i < path_count_max; ++i) path += "\"" + std::string(alice_text) + "\" , ";
  const std::string longest = path.substr(0, path.size() - 3) + "]";
  EXPECT_EQ(decode<GossipMessage>(with_member("path", longest)).path.size(), path_count_max);

  EXPECT_EQ(error_of(with_member("path", path + "\"" + std::string(bob_text) + "\"]")),
            WireError::bad_field);
  std::string enormous = "[0";
  for (int i = 0; i < 200'000; ++i) enormous += ",0";
  EXPECT_EQ(error_of(with_member("path", enormous + "]")), WireError::bad_field);
  for (const std::string_view wrong : {"[1]", "[null]", "[\"\"]", "[[]]", "{}", "\"a\"", "null",
                                       "3", R"(["gggggggggggggggggggggggggggggggggggggggg"])"}) {
    EXPECT_EQ(error_of(with_member("path", wrong)), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeGossipTest, ReadsIdsOfEitherCaseAndWithEscapes) {
  const auto message = decode<GossipMessage>(
      with_member("path", R"(["\u0061aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
                          R"("CCCCCCCCCCCCCCCCCCCCcccccccccccccccccccc"])"));

  EXPECT_THAT(message.path, ElementsAre(alice, carol));
}

TEST_F(DecodeGossipTest, TrimsTheTargetAsUpstreamDoes) {
  const std::string to = " \\t" + std::string(carol_text) + "\\n";

  EXPECT_EQ(decode<GossipMessage>(with_added("\"to\":\"" + to + "\"")).to, carol);
  EXPECT_FALSE(decode<GossipMessage>(with_added("\"to\":null")).to.has_value());
  for (const std::string_view wrong : {"\"x\"", "\" \"", "1", "{}", "[]", "true"}) {
    EXPECT_EQ(error_of(with_added("\"to\":" + std::string(wrong))), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeGossipTest, RoundsTimesDown) {
  EXPECT_EQ(decode<GossipMessage>(with_member("timestamp", "1700000000000.75")).timestamp,
            1'700'000'000'000);
  EXPECT_EQ(decode<GossipMessage>(with_member("timestamp", "-0.5")).timestamp, -1);
  EXPECT_EQ(decode<GossipMessage>(with_member("timestamp", "1.7e12")).timestamp, 1'700'000'000'000);
  for (const std::string_view wrong :
       {"1e300", "-1e300", "9007199254740993", "-9223372036854775808", "\"1\"", "null", "[]"}) {
    EXPECT_EQ(error_of(with_member("timestamp", wrong)), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeGossipTest, RefusesAMemberThatIsThereTwice) {
  // JavaScript takes the last one; others would take the first.
  for (const std::string_view member :
       {"id", "type", "subtype", "content", "from", "networkName", "timestamp", "ttl", "path"}) {
    const std::string key = "\"" + std::string(member) + "\":";
    const std::size_t at = broadcast_of_1_1_3.find(key);
    const std::size_t end = broadcast_of_1_1_3.find(",\"", at);
    const std::string again =
        broadcast_of_1_1_3.substr(at, std::min(end, broadcast_of_1_1_3.size() - 1) - at);
    EXPECT_EQ(error_of(with_added(again)), WireError::bad_field) << again;
  }
  EXPECT_EQ(error_of(with_added(R"("\u0066rom":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")")),
            WireError::bad_field);
  EXPECT_EQ(decode<GossipMessage>(with_added(R"("other":1,"other":2)")).from, alice);
}

TEST_F(DecodeGossipTest, RefusesMalformedExtras) {
  for (const std::string_view wrong :
       {R"("proof":1)", R"("proof":null)", R"("proof":{})", R"("proof":{"pub":"k"})",
        R"("proof":{"sig":"k"})", R"("proof":{"pub":"k","sig":1})",
        R"("proof":{"pub":"k","sig":"s","pub":"l"})", R"("ack":false)", R"("ack":1)",
        R"("spread":false)", R"("spread":"true")"}) {
    EXPECT_EQ(error_of(with_added(wrong)), WireError::bad_field) << wrong;
  }
}

TEST_F(DecodeGossipTest, BoundsNames) {
  const std::string longest(name_bytes_max, 'n');
  for (const std::string_view member : {"id", "subtype"}) {
    decode<GossipMessage>(with_member(member, "\"" + longest + "\""));
    EXPECT_EQ(error_of(with_member(member, "\"" + longest + "n\"")), WireError::bad_field);
  }
  const std::string network(network_name_bytes_max, 'n');
  EXPECT_EQ(decode<GossipMessage>(with_member("networkName", "\"" + network + "\"")).network,
            network);
  EXPECT_EQ(error_of(with_member("networkName", "\"" + network + "n\"")), WireError::bad_field);
}

TEST_F(DecodeGossipTest, NoTruncationDecodes) {
  EXPECT_TRUE(decodes_only_whole(broadcast_of_1_1_3));
  EXPECT_TRUE(decodes_only_whole(routed_of_0_1_1));
  EXPECT_TRUE(decodes_only_whole(with_added(R"("proof":{"pub":"X.Y","sig":"s"},"ack":true)")));
}

TEST_F(DecodeGossipTest, GivesEveryTextOfAnIdABinaryOne) {
  EXPECT_EQ(message_id_of("0123456789ABCDEF0123456789abcdef").to_text(),
            "0123456789abcdef0123456789abcdef");
  // The first half of SHA-256, FIPS 180-4.
  EXPECT_EQ(message_id_of("abc").to_text(), "ba7816bf8f01cfea414140de5dae2223");
  EXPECT_EQ(decode<GossipMessage>(with_member("id", "\"abc\"")).id, message_id_of("abc"));
}

}  // namespace
}  // namespace pigeon::wire
