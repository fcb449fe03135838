#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::VariantWith;

TEST(BinaryMessageTest, IsSentAsUpstreamSendsIt) {
  Pair pair;

  ASSERT_TRUE(pair.a->send_binary(bob, Bytes{1, 2, 3, 4}));

  EXPECT_THAT(pair.a.take_sent(),
              ElementsAre(VariantWith<std::string>(R"({"type":"__BINARY__","size":4})"),
                          VariantWith<Bytes>(Bytes{1, 2, 3, 4})));
}

TEST(BinaryMessageTest, ArrivesWhole) {
  Pair pair;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{262'144}}) {
    const Bytes data = some_bytes(size);

    ASSERT_TRUE(pair.a->send_binary(bob, data));
    EXPECT_TRUE(pair.run());

    const auto arrived = pair.b.take<BinaryArrived>();
    ASSERT_EQ(arrived.size(), 1U);
    EXPECT_EQ(arrived[0].from, alice);
    EXPECT_EQ(arrived[0].data, data);
  }
}

TEST(BinaryMessageTest, OneThatIsTooLargeIsNotSent) {
  Pair pair;

  const auto sent = pair.a->send_binary(bob, some_bytes(262'145));

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), TransferError::too_large);
  EXPECT_THAT(pair.a.take_sent(), ElementsAre());
}

TEST(BinaryMessageTest, NeedsALink) {
  Pair pair;

  const auto sent = pair.a->send_binary(test_peer(1), Bytes{1});

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), TransferError::not_linked);
}

TEST(BinaryMessageTest, AFullChannelRefusesThemUntilItHasDrained) {
  Pair pair;
  const Bytes large = some_bytes(262'144);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(pair.a->send_binary(bob, large));
  const auto refused = pair.a->send_binary(bob, Bytes{1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), TransferError::over_window);
  EXPECT_EQ(pair.a.take_wants_drained(), 1U);

  pair.a->drained(bob, Now{});

  EXPECT_TRUE(pair.a->send_binary(bob, Bytes{1}));
}

TEST(BinaryMessageTest, AFrameOfAnotherSizeIsDropped) {
  Pair pair;
  ASSERT_TRUE(pair.b.hear(R"({"type":"__BINARY__","size":4})"));
  ASSERT_TRUE(pair.b.hear(R"({"type":"__BINARY__","size":2})"));

  EXPECT_FALSE(pair.b.hear(Bytes{1, 2, 3}));
  EXPECT_TRUE(pair.b.hear(Bytes{1, 2}));

  const auto arrived = pair.b.take<BinaryArrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].data, (Bytes{1, 2}));
}

TEST(BinaryMessageTest, AFrameThatNobodyAnnouncedIsDropped) {
  Pair pair;

  EXPECT_FALSE(pair.b.hear(Bytes{1}));

  EXPECT_TRUE(pair.b.take_events().empty());
}

TEST(BinaryMessageTest, OneThatIsTooLargeTakesItsFrameWithIt) {
  Pair pair;

  EXPECT_FALSE(pair.b.hear(R"({"type":"__BINARY__","size":262145})"));
  EXPECT_TRUE(pair.b.hear(R"({"type":"__BINARY__","size":1})"));
  EXPECT_TRUE(pair.b.hear(some_bytes(262'145)));
  EXPECT_TRUE(pair.b.hear(Bytes{9}));

  const auto arrived = pair.b.take<BinaryArrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].data, Bytes{9});
}

TEST(BinaryMessageTest, AnnouncementsAreBounded) {
  Pair pair({.announced_count_max = 3});
  std::size_t taken = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (pair.b.hear(R"({"type":"__BINARY__","size":1})")) ++taken;
  }
  EXPECT_EQ(taken, 3U);

  for (int i = 0; i < 100'000; ++i) EXPECT_TRUE(pair.b.hear(Bytes{1}));

  EXPECT_EQ(pair.b.take<BinaryArrived>().size(), 3U);
  EXPECT_FALSE(pair.b.hear(Bytes{1}));
}

TEST(BinaryMessageTest, WhatAnEarlierLinkAnnouncedIsForgotten) {
  Pair pair;
  ASSERT_TRUE(pair.b.hear(R"({"type":"__BINARY__","size":1})"));

  pair.reconnect();

  EXPECT_FALSE(pair.b.hear(Bytes{1}));
}

TEST(BinaryMessageTest, StrangersAreNotHeard) {
  Pair pair;

  EXPECT_FALSE(pair.b->receive(test_peer(1), wire::BinaryHeader{.size = 1}));
  EXPECT_FALSE(pair.b->receive(test_peer(1), wire::StreamInit{.stream = "s"}, Now{}));
  EXPECT_FALSE(pair.b->receive(test_peer(1), wire::StreamChunk{.stream = "s"}));
  EXPECT_FALSE(pair.b->receive(test_peer(1), wire::StreamEnd{.stream = "s"}));
  EXPECT_FALSE(pair.b->receive(test_peer(1), wire::StreamAbort{.stream = "s"}, Now{}));
  EXPECT_FALSE(pair.b->receive(test_peer(1), wire::StreamResume{.stream = "s"}));
  EXPECT_FALSE(pair.b->receive_binary(test_peer(1), Bytes{1}));
  EXPECT_TRUE(pair.b.take_events().empty());
}

}  // namespace
}  // namespace pigeon::transfer
