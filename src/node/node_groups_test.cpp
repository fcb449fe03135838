#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/json_text.hpp"
#include "node/sealed_content.hpp"
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

TEST_F(GroupsTest, ASpoiltCopyDoesNotShutTheRightOneOut) {
  std::string right;
  village.on_text = [&](std::size_t from, std::size_t, std::string& text) {
    if (from != 1 || text.find("ciphertext") == std::string::npos) return;
    right = text;
    // A relay says that it is for another group, which is not what it was encrypted to.
    const std::size_t at = text.find("\"groupId\":\"chess\"");
    text.replace(at, 17, "\"groupId\":\"go\"");
    const std::size_t proof = text.find(",\"proof\"");
    text.erase(proof, text.find('}', proof) + 1 - proof);
  };
  add(2, "go", scalar_of(9));
  say(0, "mate");
  EXPECT_THAT(village.events<MessageReceived>(2), IsEmpty());

  village.inject(2, 1, right);

  EXPECT_THAT(village.events<MessageReceived>(2), SizeIs(1));
}

TEST_F(GroupsTest, AMirroredKeyMakesNoOtherMessage) {
  // Upstream's message of the test above, and the same with the other point of the same X.
  const auto scalar = *crypto::PrivateScalar::parse("x1bsp6WbI2x1Y9kBa-BWzkOLLkEniydpiMRsMlVQCDg");
  add(2, "go", scalar);
  const auto content = [](const std::string& y) {
    return R"({"encrypted":true,"group":true,"groupId":"go","data":{)"
           R"("ciphertext":"AF-fuyB9JAVWz7OiDWq3MEGOYQ7-zWJOVQnwva4","iv":"hHLVsmUZKq9ia_xi",)"
           R"("sender":"KVNgYUglV7U3etocOaZqIcFdp2nXGEyqW9rHVHpLVsw.)" +
           y + R"(","timestamp":1},"from":1,"nonce":[2],"timestamp":1})";
  };
  std::uint64_t number = 0;
  for (const char* y : {"2CEMO9tG5TqWL5qKz03IfZm4dg51PwL4yKfoNCO293w",
                        "J97zwyS5GsZp0GV1MLI3gmZHifKKwP0HN1gXy9xJCIM"}) {
    const std::string text = content(y);
    village.inject(
        2, 1,
        wire::encode(wire::OutgoingGossip{.id = Random::from_number(++number).id<MessageId>(),
                                          .subtype = "encrypted",
                                          .content = text,
                                          .from = village.id(1),
                                          .network = "global",
                                          .timestamp = village.now.wall_ms}));
  }

  EXPECT_THAT(village.events<MessageReceived>(2), SizeIs(1));
  EXPECT_EQ(village.node(2).status().counters.duplicates, 1U);
}

TEST_F(GroupsTest, DirectMessagesMayBeEncryptedToAGroup) {
  const auto send = [&](const std::string& group) {
    auto sealed = suite::seal(village[2].groups.at("chess").public_key(), as_bytes("\"d4\""));
    const std::string json = sealed_json({*std::move(sealed), group},
                                         {.key = village[0].identity.signing().public_key()});
    const auto id = village.node(0).send_direct_json(village.id(2), json, village.now);
    EXPECT_TRUE(id.has_value());
    village.run();
    return id.value_or(MessageId());
  };
  const MessageId known = send("chess");
  send("go");

  const auto received = village.events<MessageReceived>(2);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].text, "d4");
  EXPECT_EQ(received[0].group, "chess");
  EXPECT_TRUE(received[0].direct);
  const auto delivered = village.events<MessageDelivered>(0);
  ASSERT_THAT(delivered, SizeIs(1));
  EXPECT_EQ(delivered[0].id, known);
}

TEST_F(GroupsTest, WhatCannotBeReadIsPassedOn) {
  for (const char* content : {R"({"encrypted":true,"group":true,"groupId":5,"data":{}})",
                              R"({"encrypted":true,"data":{"ciphertext":1}})"}) {
    const std::size_t before = village[1].sent_count;
    village.inject(
        1, 0,
        wire::encode(wire::OutgoingGossip{.id = Random::from_number(before).id<MessageId>(),
                                          .subtype = "encrypted",
                                          .content = content,
                                          .from = village.id(0),
                                          .network = "global",
                                          .timestamp = village.now.wall_ms}));
    EXPECT_EQ(village[1].sent_count, before + 1) << content;
  }
  EXPECT_EQ(village.node(1).status().counters.malformed, 2U);
}

TEST_F(GroupsTest, AGroupThatIsLeftMeanwhileIsNotHeard) {
  village.on_crypto = [&](std::size_t i, const crypto::Operation& operation) {
    if (i != 2 || !std::holds_alternative<crypto::OpenRequest>(operation)) return;
    village[2].groups.clear();
  };
  say(0, "too late");

  EXPECT_THAT(village.events<MessageReceived>(2), IsEmpty());
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
