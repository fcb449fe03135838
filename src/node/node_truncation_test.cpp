#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hostile_test.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

// Messages of neighbors that end too early.

namespace pigeon::node {
namespace {

using ::testing::IsEmpty;

struct TruncationTest : HostileTest {
  /// The victim does nothing about any beginning of the text but count it.
  void expect_truncations_are_dropped(const std::string& text) {
    village.run();
    const NodeCounters before = counters();
    for (std::size_t size = 0; size < text.size(); ++size) {
      village.now.monotonic += 1ms;
      hear(1, text.substr(0, size));
      EXPECT_THAT(victim().take_outputs(), IsEmpty()) << text.substr(0, size);
    }
    EXPECT_EQ(counters().malformed, before.malformed + text.size());
    EXPECT_EQ(counters().messages_received, before.messages_received + text.size());
    EXPECT_EQ(counters().delivered, before.delivered);
    EXPECT_EQ(counters().messages_sent, before.messages_sent);
  }
};

TEST_F(TruncationTest, OfABroadcast) {
  meet(3);
  expect_truncations_are_dropped(chat(1, 1));
}

TEST_F(TruncationTest, OfADirectMessage) {
  meet(2);
  expect_truncations_are_dropped(direct(1, R"({"a":[1]})"));
}

TEST_F(TruncationTest, OfAKeyExchange) {
  meet(2);
  const std::string key = village[1].identity.signing().public_key().to_text();
  const std::string content = wire::encode_content(
      wire::KeyExchange{.signing_key = key, .encryption_key = key}, village.now.wall_ms);
  expect_truncations_are_dropped(
      gossip(1, {.id = message_id(1), .subtype = "key_exchange", .content = content}, false));
}

TEST_F(TruncationTest, OfAnEviction) {
  meet(2);
  expect_truncations_are_dropped(wire::encode_eviction("optimization", village.id(1)));
  EXPECT_EQ(victim().status().connected_count, 1U);
}

TEST_F(TruncationTest, OfARelayedSignal) {
  meet(2);
  const std::string data =
      wire::encode_data(rtc::SessionDescription{rtc::SdpType::offer, offer_sdp()});
  expect_truncations_are_dropped(direct(
      1,
      wire::encode_content(
          wire::RelayedChannelSignal{
              .type = "offer", .data = data, .from = {village.id(1)}, .to = {victim().peer_id()}},
          village.now.wall_ms)));
}

}  // namespace
}  // namespace pigeon::node
