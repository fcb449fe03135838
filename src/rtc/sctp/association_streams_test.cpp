#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"

// Stream resets, messages that are given up, and interleaving.

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const AssociationOptions without_interleaving = {.interleaving = false};

TEST(ResetTest, ComesAfterTheMessagesOfTheStream) {
  LinkedAssociations pair;
  pair.connect();
  for (int i = 0; i < 10; ++i)
    pair[left].send(4, Ppid::binary, test_message(30'000, 1), {}, pair.now());

  pair[left].reset_streams(std::array<StreamId, 2>{4, 9});
  EXPECT_EQ(pair[left].send(4, Ppid::binary, {1}, {}, pair.now()), SendStatus::stream_unavailable);
  pair.run_for(5s);

  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(10));
  // The idle stream need not wait for the other one.
  EXPECT_THAT(pair.events_of<IncomingReset>(right),
              ElementsAre(IncomingReset{{9}}, IncomingReset{{4}}));
  EXPECT_THAT(pair.events_of<OutgoingResetDone>(left),
              ElementsAre(OutgoingResetDone{{9}, true}, OutgoingResetDone{{4}, true}));
  EXPECT_TRUE(std::holds_alternative<IncomingReset>(pair.events(right).back()));
}

class ResetLossTest : public testing::TestWithParam<int> {};

TEST_P(ResetLossTest, StreamsAreUsedAgainAndAgain) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  const AssociationOptions options{.interleaving = seed % 2 == 0};
  LinkedAssociations pair(seed, options, options);
  pair.connect();
  pair.link() = {.loss = 150, .duplication = 100, .reordering = 200, .delay = 10ms};

  for (std::size_t round = 1; round <= 10; ++round) {
    for (const auto side : {left, right}) {
      for (std::uint8_t i = 0; i < 3; ++i) {
        ASSERT_EQ(pair[side].send(2, Ppid::binary, {i}, {}, pair.now()), SendStatus::queued);
      }
      // Both sides at once: requests cross each other.
      pair[side].reset_streams(std::array<StreamId, 1>{2});
    }
    const auto is_done = [&] {
      return pair.count<OutgoingResetDone>(left) == round &&
             pair.count<OutgoingResetDone>(right) == round;
    };
    ASSERT_TRUE(pair.run_until(is_done, 300s)) << "round " << round;
  }

  for (const auto side : {left, right}) {
    EXPECT_THAT(pair.events_of<IncomingReset>(side), SizeIs(10));
    const auto received = pair.events_of<MessageReceived>(side);
    ASSERT_THAT(received, SizeIs(30));
    for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(received[i].payload[0], i % 3);
    for (const auto& done : pair.events_of<OutgoingResetDone>(side)) EXPECT_TRUE(done.performed);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ResetLossTest, testing::Range(1, 40));

TEST(ResetTest, AskedForBeforeTheHandshakeItFollowsIt) {
  LinkedAssociations pair;
  pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair[left].reset_streams(std::array<StreamId, 1>{1});

  pair.connect();
  pair.run_for(1s);

  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(1));
  EXPECT_THAT(pair.events_of<OutgoingResetDone>(left), SizeIs(1));
}

class PartialReliabilityTest : public testing::TestWithParam<int> {
 protected:
  static AssociationOptions options() { return {.interleaving = GetParam() % 2 == 0}; }
  static std::uint64_t seed() { return static_cast<std::uint64_t>(GetParam()); }
};

TEST_P(PartialReliabilityTest, WhatMayBeLostIsGivenUpAndTheRestArrives) {
  LinkedAssociations pair(seed(), options(), options());
  pair.connect();
  pair.link() = {.loss = 100, .reordering = 100, .delay = 10ms};
  const bool is_ordered = GetParam() % 3 != 0;

  for (std::uint8_t i = 0; i < 200; ++i) {
    const std::size_t size = 1 + (i * 997U) % 6'000;
    Bytes message(size, i);
    ASSERT_EQ(pair[left].send(1, Ppid::binary, message,
                              {.ordered = is_ordered, .max_retransmits = 0}, pair.now()),
              SendStatus::queued);
    ASSERT_EQ(pair[left].send(2, Ppid::binary, message, {}, pair.now()), SendStatus::queued);
    if (i % 10 == 0) pair.run_for(20ms);
  }
  pair.run_for(60s);

  std::array<std::vector<std::uint8_t>, 3> received;
  for (const auto& message : pair.events_of<MessageReceived>(right)) {
    EXPECT_EQ(message.payload, Bytes(message.payload.size(), message.payload[0]));
    received[message.stream].push_back(message.payload[0]);
  }
  EXPECT_THAT(received[2], SizeIs(200));
  EXPECT_TRUE(std::is_sorted(received[2].begin(), received[2].end()));
  EXPECT_LT(received[1].size(), 200);
  EXPECT_GT(received[1].size(), 80);
  EXPECT_TRUE(!is_ordered || std::is_sorted(received[1].begin(), received[1].end()));
  std::sort(received[1].begin(), received[1].end());
  EXPECT_EQ(std::adjacent_find(received[1].begin(), received[1].end()), received[1].end());
  EXPECT_EQ(pair[left].stats().send_buffer_bytes, 0);
  EXPECT_EQ(pair[left].stats().bytes_in_flight, 0);
}

TEST_P(PartialReliabilityTest, WhatHasExpiredIsNotSentAnyMore) {
  LinkedAssociations pair(seed(), options(), options());
  pair.connect();
  pair.link() = {.loss = 1'000};
  for (int i = 0; i < 300; ++i) {
    pair[left].send(1, Ppid::binary, test_message(3'000, 1), {.lifetime = 500ms}, pair.now());
  }
  pair.run_for(2s);
  pair.link() = {};
  pair.run_for(15s);

  EXPECT_THAT(pair.events_of<MessageReceived>(right), IsEmpty());
  pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair.run_for(5s);

  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(1));
  EXPECT_EQ(pair[left].stats().send_buffer_bytes, 0);
}

TEST_P(PartialReliabilityTest, OfAMessageInTheMiddleTheRestIsDropped) {
  LinkedAssociations pair(seed(), options(), options());
  pair.connect();
  pair.link() = {.delay = 40ms};
  pair[left].send(1, Ppid::binary, test_message(250'000, 1), {.lifetime = 100ms}, pair.now());
  pair[left].send(1, Ppid::binary, test_message(70'000, 2), {}, pair.now());
  pair.run_for(10s);

  const auto received = pair.events_of<MessageReceived>(right);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].payload, test_message(70'000, 2));
  EXPECT_LT(pair[left].stats().sending.chunks_sent, 200);
  EXPECT_EQ(pair[right].stats().receive_buffer_bytes, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PartialReliabilityTest, testing::Range(1, 25));

TEST(PartialReliabilityTest, NeedsAPeerThatKnowsIt) {
  LinkedAssociations pair(3, {}, {.partial_reliability = false});
  pair.connect();
  pair.link().loss = 200;

  for (int i = 0; i < 50; ++i) {
    pair[left].send(1, Ppid::binary, test_message(2'000, 1), {.max_retransmits = 0}, pair.now());
  }
  pair.run_for(120s);

  EXPECT_THAT(pair.events_of<MessageReceived>(right), SizeIs(50));
}

TEST(InterleavingTest, AShortMessageOvertakesALongOneOfAnotherStream) {
  LinkedAssociations pair;
  pair.connect();

  pair[left].send(1, Ppid::binary, test_message(250'000, 1), {}, pair.now());
  pair[left].send(2, Ppid::binary, test_message(5'000, 2), {}, pair.now());
  pair.run_for(5s);

  const auto received = pair.events_of<MessageReceived>(right);
  ASSERT_THAT(received, SizeIs(2));
  EXPECT_EQ(received[0].stream, 2);
  EXPECT_EQ(received[1].payload, test_message(250'000, 1));
}

TEST(InterleavingTest, WithoutItMessagesAreFinishedFirst) {
  LinkedAssociations pair(1, without_interleaving, {});
  pair.connect();

  pair[left].send(1, Ppid::binary, test_message(250'000, 1), {}, pair.now());
  pair[left].send(2, Ppid::binary, test_message(5'000, 2), {}, pair.now());
  pair.run_for(5s);

  const auto received = pair.events_of<MessageReceived>(right);
  ASSERT_THAT(received, SizeIs(2));
  EXPECT_EQ(received[0].stream, 1);
}

class ManyStreamsTest : public testing::TestWithParam<int> {};

TEST_P(ManyStreamsTest, EachKeepsItsOrder) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  LinkedAssociations pair(seed, {.interleaving = seed % 2 == 0}, {});
  pair.connect();
  pair.link() = {.loss = 80, .duplication = 30, .reordering = 100, .delay = 15ms};
  Random random = Random::from_number(seed);

  for (std::uint16_t i = 0; i < 300; ++i) {
    const auto stream = static_cast<StreamId>(random.below(30));
    Bytes message(2 + random.below(9'000), static_cast<std::uint8_t>(i));
    message[1] = static_cast<std::uint8_t>(i >> 8U);
    ASSERT_EQ(
        pair[left].send(stream, Ppid::binary, message, {.ordered = stream % 3 != 0}, pair.now()),
        SendStatus::queued);
  }
  ASSERT_TRUE(pair.run_until([&] { return pair.count<MessageReceived>(right) == 300; }, 300s));

  std::map<StreamId, int> last;
  for (const auto& message : pair.events_of<MessageReceived>(right)) {
    const int number = message.payload[0] | message.payload[1] << 8;
    if (message.stream % 3 == 0) continue;
    const auto [at, is_first] = last.try_emplace(message.stream, -1);
    EXPECT_LT(at->second, number);
    at->second = number;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ManyStreamsTest, testing::Range(1, 30));

}  // namespace
}  // namespace pigeon::sctp
