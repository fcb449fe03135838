#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/village.hpp"
#include "wire/peer_message.hpp"

// What crosses a node that is neither the first nor the last.

namespace pigeon::node {
namespace {

using test::Village;

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Nodes in a row: each linked with the next one only.
struct ChainTest : testing::Test {
  Village village;

  void meet(std::size_t count) {
    village.add_connected(count, {.auto_discovery = false});
    for (std::size_t i = 0; i + 1 < count; ++i) {
      ASSERT_TRUE(village.node(i).connect_to_peer(village.id(i + 1), village.now));
      village.run();
    }
  }
  std::string keys_of(std::size_t index) {
    const std::string key = village[index].identity.signing().public_key().to_text();
    return wire::encode_content(wire::KeyExchange{.signing_key = key, .encryption_key = key},
                                village.now.wall_ms);
  }
};

TEST_F(ChainTest, KeysForAnotherAreNotKeptAndWithoutASignatureNotPassedOn) {
  meet(3);
  const std::string content = keys_of(0);
  village.inject(1, 0,
                 wire::encode(wire::OutgoingGossip{.id = Random::from_number(3).id<MessageId>(),
                                                   .subtype = "key_exchange",
                                                   .content = content,
                                                   .from = village.id(0),
                                                   .to = wire::SpelledId{village.id(2)},
                                                   .network = "global",
                                                   .timestamp = village.now.wall_ms}));

  EXPECT_THAT(village.events<PeerKeyAdded>(1), SizeIs(2)) << "those of the two neighbors";
  EXPECT_THAT(village.events<PeerKeyAdded>(2), SizeIs(1));
  EXPECT_EQ(village.node(1).status().counters.unknown, 1U);
  EXPECT_EQ(village.node(2).status().counters.unknown, 0U);
}

TEST_F(ChainTest, KeysThatHonestPeersPassOnCostNothingAndAreNotConfirmed) {
  meet(2);
  const PeerId far = Random::from_number(9).id<PeerId>();
  const std::string content = keys_of(0);
  const NodeCounters before = village.node(1).status().counters;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const std::string text =
        wire::encode(wire::OutgoingGossip{.id = Random::from_number(i).id<MessageId>(),
                                          .subtype = "key_exchange",
                                          .content = content,
                                          .from = far,
                                          .to = wire::SpelledId{village.id(1)},
                                          .network = "global",
                                          .timestamp = village.now.wall_ms,
                                          .wants_ack = true});
    wire::JsonReader reader;
    const auto decoded = wire::decode_peer_message(text, reader);
    village.inject(
        1, 0, wire::encode_forward(std::get<wire::GossipMessage>(*decoded), village.id(0), false));
  }

  const NodeCounters after = village.node(1).status().counters;
  EXPECT_EQ(after.unknown, before.unknown + 100);
  EXPECT_EQ(after.over_rate, before.over_rate);
  EXPECT_EQ(after.forged, before.forged);
  EXPECT_EQ(after.messages_sent, before.messages_sent);
}

TEST_F(ChainTest, ARelayOpensNothingOfOthers) {
  meet(3);
  std::size_t opened = 0;
  village.on_crypto = [&](std::size_t index, const crypto::Operation& operation) {
    if (index == 1 && std::holds_alternative<crypto::OpenRequest>(operation)) ++opened;
  };
  // 0 knows the key of 2 from a link that they had.
  ASSERT_TRUE(village.node(0).connect_to_peer(village.id(2), village.now));
  village.run();
  ASSERT_TRUE(village.node(0).disconnect_peer(village.id(2), village.now));
  village.run();

  ASSERT_TRUE(village.node(0).send_encrypted_json(village.id(2), "\"secret\"", village.now));
  village.run();

  ASSERT_THAT(village.events<MessageReceived>(2), SizeIs(1));
  EXPECT_TRUE(village.events<MessageReceived>(2)[0].encrypted);
  EXPECT_THAT(village.events<MessageReceived>(1), IsEmpty());
  EXPECT_EQ(opened, 0U);
}

TEST_F(ChainTest, SealedContentPlayedAgainIsDeliveredOnce) {
  meet(2);
  std::string sealed;
  village.on_text = [&](std::size_t, std::size_t, std::string& text) {
    if (text.find("ciphertext") != std::string::npos) sealed = text;
  };
  ASSERT_TRUE(village.node(0).send_encrypted_json(village.id(1), "\"secret\"", village.now));
  village.run();
  village.on_text = nullptr;

  // As a peer of upstream would have sent it, without a proof, and a relay sends it again.
  wire::JsonReader reader;
  const auto decoded = wire::decode_peer_message(sealed, reader);
  const std::string content(std::get<wire::GossipMessage>(*decoded).content.raw);
  for (std::uint64_t i = 0; i < 5; ++i) {
    village.inject(1, 0,
                   wire::encode(wire::OutgoingGossip{.id = Random::from_number(i).id<MessageId>(),
                                                     .subtype = "dm",
                                                     .content = content,
                                                     .from = village.id(0),
                                                     .to = wire::SpelledId{village.id(1)},
                                                     .network = "global",
                                                     .timestamp = village.now.wall_ms}));
  }

  const auto received = village.events<MessageReceived>(1);
  ASSERT_THAT(received, SizeIs(2)) << "the signed one, and of the others the first";
  EXPECT_TRUE(received[0].verified);
  EXPECT_FALSE(received[1].verified);
}

TEST_F(ChainTest, AnEncryptedMessageThatCannotBeOpenedIsNotConfirmed) {
  meet(2);
  village.on_text = [&](std::size_t, std::size_t, std::string& text) {
    const std::size_t at = text.find("\"ciphertext\":\"");
    if (at != std::string::npos) text[at + 15] = text[at + 15] == 'A' ? 'B' : 'A';
  };
  ASSERT_TRUE(village.node(0).send_encrypted_json(village.id(1), "\"secret\"", village.now));
  village.run();
  village.pass(1min);

  EXPECT_THAT(village.events<MessageDelivered>(0), IsEmpty());
  EXPECT_THAT(village.events<MessageUndelivered>(0), SizeIs(1));
}

TEST_F(ChainTest, OneEncodingServesEveryNeighbor) {
  village.add_connected(6);
  village.pass(20s);
  std::size_t sends = 0;
  std::size_t targets = 0;
  ASSERT_TRUE(village.node(0).send_message("hello", village.now));
  for (const Output& output : village.node(0).take_outputs()) {
    const auto* request = std::get_if<crypto::Request>(&output);
    if (request == nullptr) continue;
    suite::Answerer answerer;
    village.node(0).handle(
        crypto::Done{request->ticket, answerer.answer(request->operation, village[0].identity)},
        village.now);
  }
  for (const Output& output : village.node(0).take_outputs()) {
    const auto* send = std::get_if<SendText>(&output);
    if (send == nullptr) continue;
    ++sends;
    targets += send->links.size();
  }

  EXPECT_EQ(sends, 1U);
  EXPECT_EQ(targets, 5U);
}

TEST_F(ChainTest, ContentThatWouldNotSurviveRelaysIsRefused) {
  meet(2);
  for (const char* json :
       {"[1e400]", "9007199254740993", R"({"a":1,"a":2})", "", "1,2", "{", "]["}) {
    const auto sent = village.node(0).send_direct_json(village.id(1), json, village.now);
    ASSERT_FALSE(sent.has_value()) << json;
    EXPECT_EQ(sent.error().kind, NodeErrorKind::bad_argument) << json;
  }
  EXPECT_TRUE(village.node(0).send_direct_json(village.id(1), "[1.5,null]", village.now));
}

TEST_F(ChainTest, TextThatIsNotUtf8IsRefused) {
  meet(2);
  Node& node = village.node(0);
  EXPECT_FALSE(node.send_message("a\xff", village.now));
  EXPECT_FALSE(node.send_encrypted_json(village.id(1), "\"a\xff\"", village.now));
  EXPECT_FALSE(node.open_stream(village.id(1), {.filename = "a\xff"}, village.now));
  const auto stream = node.open_stream(village.id(1), {.filename = "a"}, village.now);
  ASSERT_TRUE(stream);
  EXPECT_FALSE(node.abort_stream(*stream, "a\xff", village.now));
  EXPECT_FALSE(Node::create({.peer_id = std::string(40, 'a'), .network = "a\xff"}, std::nullopt,
                            Random::from_number(1)));
}

}  // namespace
}  // namespace pigeon::node
