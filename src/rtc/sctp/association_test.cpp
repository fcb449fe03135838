#include "rtc/sctp/association.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::ElementsAre;

TEST(AssociationTest, BothSidesBeginAtOnceAndAMessageGoesEachWay) {
  LinkedAssociations pair;

  pair.connect();
  EXPECT_EQ(pair[left].send(1, Ppid::binary, {1, 2, 3}, {}, pair.now()), SendStatus::queued);
  EXPECT_EQ(pair[right].send(1, Ppid::string, {4}, {}, pair.now()), SendStatus::queued);
  pair.run_for(1s);

  const Established all{.streams_out = 1024, .streams_in = 1024};
  EXPECT_THAT(pair.events(right),
              ElementsAre(all, BufferedAmountLow{1}, MessageReceived{1, Ppid::binary, {1, 2, 3}}));
  EXPECT_THAT(pair.events(left),
              ElementsAre(all, BufferedAmountLow{1}, MessageReceived{1, Ppid::string, {4}}));
}

/// Sends messages of many sizes each way and expects all of them, each once and in order.
void expect_all_arrive(LinkedAssociations& pair, std::size_t count, std::size_t size_max) {
  Random sizes = Random::from_number(7);
  std::array<std::vector<Bytes>, 2> sent;
  for (std::size_t i = 0; i < count; ++i) {
    for (const auto side : {left, right}) {
      sent[side].push_back(test_message(1 + sizes.below(size_max), i));
      const SendStatus status = pair[side].send(3, Ppid::binary, sent[side].back(), {}, pair.now());
      ASSERT_EQ(status, SendStatus::queued);
    }
  }
  const auto is_done = [&] {
    return pair.count<MessageReceived>(left) >= count &&
           pair.count<MessageReceived>(right) >= count;
  };
  ASSERT_TRUE(pair.run_until(is_done, 1'200s));
  pair.run_for(2s);
  for (const auto side : {left, right}) {
    const auto received = pair.events_of<MessageReceived>(side);
    ASSERT_EQ(received.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(received[i].payload, sent[side == left ? right : left][i]) << "message " << i;
    }
  }
}

TEST(AssociationTest, CarriesMessagesOfManyFragments) {
  LinkedAssociations pair;
  pair.connect();

  expect_all_arrive(pair, 20, 262'144);
}

class LossTest : public testing::TestWithParam<int> {};

TEST_P(LossTest, EveryMessageArrivesOnceAndInOrder) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  LinkedAssociations pair(seed);
  pair.link() = {.loss = 10 * static_cast<unsigned>(seed % 21),
                 .duplication = 20,
                 .reordering = 50,
                 .delay = 20ms,
                 .in_batches = seed % 2 == 0};
  pair.connect();
  ASSERT_EQ(pair[left].state(), AssociationState::established);

  expect_all_arrive(pair, 20, 20'000);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LossTest, testing::Range(1, 64));

}  // namespace
}  // namespace pigeon::sctp
