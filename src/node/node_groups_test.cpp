#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/json_text.hpp"
#include "tests/support/village.hpp"
#include "wire/group_key.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::node {
namespace {

using test::Village;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// Three nodes in a row, of which the outer ones are in the group `chess`.
struct GroupsTest : testing::Test {
  Village village;

  void SetUp() override {
    village.add_connected(3, {.auto_discovery = false});
    for (std::size_t i = 0; i < 2; ++i) {
      ASSERT_TRUE(village.node(i).connect_to_peer(village.id(i + 1), village.now));
      village.run();
    }
    for (const std::size_t i : {0U, 2U}) add(i, "chess", scalar_of(7));
  }

  static crypto::PrivateScalar scalar_of(std::uint8_t number) {
    std::array<std::uint8_t, crypto::PrivateScalar::byte_count> bytes{};
    bytes.fill(number);
    return crypto::PrivateScalar(bytes);
  }
  void add(std::size_t index, const std::string& group, const crypto::PrivateScalar& scalar) {
    auto key = suite::EncryptionKey::from_private_scalar(scalar.bytes());
    ASSERT_TRUE(key.has_value());
    ASSERT_TRUE(village.node(index).add_group(group, key->public_key()));
    village[index].groups.insert_or_assign(group, *std::move(key));
  }
  MessageId say(std::size_t index, std::string_view text) {
    const auto sent =
        village.node(index).send_encrypted_broadcast_json("chess", json_text(text), village.now);
    EXPECT_TRUE(sent.has_value());
    village.run();
    return sent.value_or(MessageId());
  }
};

TEST_F(GroupsTest, MembersReadWhatOthersOnlyPassOn) {
  std::string on_the_way;
  village.on_text = [&](std::size_t, std::size_t, std::string& text) { on_the_way += text; };

  const MessageId id = say(0, "mate in two");

  const auto received = village.events<MessageReceived>(2);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].id, id);
  EXPECT_EQ(received[0].from, village.id(0));
  EXPECT_EQ(received[0].text, "mate in two");
  EXPECT_EQ(received[0].json, "\"mate in two\"");
  EXPECT_EQ(received[0].group, "chess");
  EXPECT_EQ(received[0].hops, 1U);
  EXPECT_TRUE(received[0].encrypted);
  EXPECT_TRUE(received[0].verified);
  EXPECT_FALSE(received[0].direct);
  EXPECT_THAT(village.events<MessageReceived>(1), IsEmpty());
  EXPECT_EQ(village.node(1).status().counters.unknown, 1U);
  EXPECT_THAT(on_the_way, HasSubstr(R"("group":true,"groupId":"chess")"));
  EXPECT_THAT(on_the_way, Not(HasSubstr("mate")));
}

TEST_F(GroupsTest, TheSenderHearsItselfAsWithAnyBroadcast) {
  say(0, "hello");

  const auto own = village.events<MessageReceived>(0);
  ASSERT_THAT(own, SizeIs(1));
  EXPECT_EQ(own[0].text, "hello");
  EXPECT_EQ(own[0].group, "chess");
  EXPECT_TRUE(own[0].encrypted);
}

TEST_F(GroupsTest, WhoHasLeftReadsNothingMore) {
  EXPECT_TRUE(village.node(2).remove_group("chess"));
  EXPECT_FALSE(village.node(2).remove_group("chess"));
  say(0, "hello");

  EXPECT_THAT(village.events<MessageReceived>(2), IsEmpty());
  EXPECT_EQ(village.node(2).status().counters.unknown, 1U);
  const auto sent = village.node(2).send_encrypted_broadcast_json("chess", "1", village.now);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().kind, NodeErrorKind::unknown_group);
}

TEST_F(GroupsTest, AnotherKeyTakesThePlaceOfTheFirst) {
  add(2, "chess", scalar_of(8));
  say(0, "by the old key");
  EXPECT_THAT(village.events<MessageReceived>(2), IsEmpty());
  EXPECT_EQ(village.node(2).status().counters.forged, 1U);

  add(0, "chess", scalar_of(8));
  say(0, "by the new key");
  EXPECT_THAT(village.events<MessageReceived>(2), SizeIs(1));
  EXPECT_THAT(village.node(2).status().groups, ElementsAre("chess"));
}

TEST_F(GroupsTest, WhatIsPlayedAgainInOtherMessagesIsToldOnceAndAsUnproven) {
  std::string played;
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from == 1 && text.find("ciphertext") != std::string::npos) played = text;
  };
  const MessageId id = say(0, "once");
  const std::size_t at = played.find(id.to_text());
  ASSERT_NE(at, std::string::npos);
  played.replace(at, 4, "dead");
  const std::size_t proof = played.find(",\"proof\"");
  ASSERT_NE(proof, std::string::npos);
  played.erase(proof, played.find('}', proof) + 1 - proof);

  village.inject(2, 1, played);
  played.replace(at, 4, "beef");
  village.inject(2, 1, played);

  const auto received = village.events<MessageReceived>(2);
  ASSERT_THAT(received, SizeIs(2)) << "one with a proof, and one without";
  EXPECT_TRUE(received[0].verified);
  EXPECT_FALSE(received[1].verified);
}

TEST_F(GroupsTest, OpensWhatUpstreamHasEncrypted) {
  // The key and the message of 1.1.3.
  add(2, "go", *crypto::PrivateScalar::parse("x1bsp6WbI2x1Y9kBa-BWzkOLLkEniydpiMRsMlVQCDg"));
  constexpr std::string_view content =
      R"({"encrypted":true,"group":true,"groupId":"go","data":{)"
      R"("ciphertext":"AF-fuyB9JAVWz7OiDWq3MEGOYQ7-zWJOVQnwva4","iv":"hHLVsmUZKq9ia_xi",)"
      R"("sender":"KVNgYUglV7U3etocOaZqIcFdp2nXGEyqW9rHVHpLVsw.)"
      R"(2CEMO9tG5TqWL5qKz03IfZm4dg51PwL4yKfoNCO293w","timestamp":1795307641292},)"
      R"("from":"1Qj2r4Y3z7Gn_NiHF7ve_QB-UN6GeY2SodrdFwc995c.)"
      R"(ScNg0sk36wCUMPPG5p4cprWE8hK3lRkWDMPPTnQz-hs",)"
      R"("nonce":"f6c8c241e74fbce5","timestamp":1795307641292})";
  const auto inject = [&](std::uint64_t number, std::string_view text) {
    village.inject(
        2, 1,
        wire::encode(wire::OutgoingGossip{.id = Random::from_number(number).id<MessageId>(),
                                          .subtype = "encrypted",
                                          .content = text,
                                          .from = village.id(1),
                                          .network = "global",
                                          .timestamp = village.now.wall_ms}));
  };

  inject(1, content);
  // Without a group nothing is encrypted, and the application gets it as it is.
  inject(2, R"({"encrypted":true,"broadcast":true,"data":{"a":1},"from":"p","timestamp":1})");
  inject(3, R"({"encrypted":true,"group":true,"groupId":"go","data":{"ciphertext":1}})");

  const auto received = village.events<MessageReceived>(2);
  ASSERT_THAT(received, SizeIs(2));
  EXPECT_EQ(received[0].json, R"({"move":"e4"})");
  EXPECT_EQ(received[0].group, "go");
  EXPECT_TRUE(received[0].encrypted);
  EXPECT_THAT(received[1].json, HasSubstr(R"("data":{"a":1})"));
  EXPECT_FALSE(received[1].encrypted);
  EXPECT_EQ(village.node(2).status().counters.malformed, 1U);
}

TEST_F(GroupsTest, RefusesGroupsWithoutAName) {
  Node& node = village.node(0);
  const auto key = suite::EncryptionKey::generate().value().public_key();
  EXPECT_FALSE(node.add_group("", key));
  EXPECT_FALSE(node.add_group(std::string(129, 'x'), key));
  EXPECT_FALSE(node.add_group("a\xff", key));
  EXPECT_FALSE(node.send_encrypted_broadcast_json("chess", "\"a\xff\"", village.now));
  EXPECT_TRUE(node.add_group(std::string(128, 'x'), key));
}

TEST_F(GroupsTest, ThereIsAnEndOfGroups) {
  Node& node = village.node(1);
  const auto key = suite::EncryptionKey::generate().value().public_key();
  std::size_t count = 0;
  while (node.add_group(std::to_string(count), key)) ++count;
  EXPECT_EQ(count, 1'024U);
  EXPECT_TRUE(node.add_group("0", key)) << "another key for one that is there";
}

TEST_F(GroupsTest, NeedsCrypto) {
  auto node = Node::create({.peer_id = std::string(40, 'a')}, std::nullopt, Random::from_number(1));
  ASSERT_TRUE(node.has_value());
  const auto key = suite::EncryptionKey::generate().value().public_key();
  EXPECT_FALSE(node->add_group("chess", key));
  EXPECT_FALSE(node->send_encrypted_broadcast_json("chess", "1", village.now));
  EXPECT_FALSE(node->key_of_peer(node->peer_id()));
}

}  // namespace
}  // namespace pigeon::node
