#include "rtc/sctp/rx/message_order.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sctp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MessageOrderTest : public testing::Test {
 protected:
  bool add(std::uint32_t number) {
    return order_.add(number, {.bytes = Bytes(1, static_cast<std::uint8_t>(number))}, ready_);
  }

  std::vector<int> take_ready() {
    std::vector<int> numbers;
    for (const ReceivedMessage& message : ready_) numbers.push_back(message.bytes[0]);
    ready_.clear();
    return numbers;
  }

  MessageOrder order_{16};
  std::deque<ReceivedMessage> ready_;
};

TEST_F(MessageOrderTest, DeliversInOrder) {
  EXPECT_TRUE(add(1));
  EXPECT_TRUE(add(2));
  EXPECT_THAT(take_ready(), IsEmpty());
  EXPECT_TRUE(add(0));

  EXPECT_THAT(take_ready(), ElementsAre(0, 1, 2));
}

TEST_F(MessageOrderTest, RefusesANumberTwiceAndOneThatHasPassed) {
  EXPECT_TRUE(add(0));
  EXPECT_FALSE(add(0));
  EXPECT_TRUE(add(2));
  EXPECT_FALSE(add(2));
  EXPECT_EQ(order_.distance(1), 0);
  EXPECT_EQ(order_.distance(0), -1);
  EXPECT_EQ(order_.unwrap(0), 0U);
}

TEST_F(MessageOrderTest, SkippingDeliversWhatIsThere) {
  EXPECT_TRUE(add(1));
  EXPECT_TRUE(add(3));
  EXPECT_TRUE(add(4));
  EXPECT_TRUE(add(6));

  order_.skip(2, ready_);

  EXPECT_THAT(take_ready(), ElementsAre(1, 3, 4));
  order_.skip(1, ready_);
  EXPECT_EQ(order_.distance(5), 0) << "a number that has passed changes nothing";
}

TEST_F(MessageOrderTest, CountsOnWhereTheNumbersWrap) {
  order_.skip(0x7fff, ready_);
  order_.skip(0xfffe, ready_);

  EXPECT_TRUE(add(0x10000 & 0xffff));
  EXPECT_TRUE(add(1));
  EXPECT_TRUE(add(0xffff));

  EXPECT_THAT(take_ready(), ElementsAre(255, 0, 1));
}

TEST_F(MessageOrderTest, KnowsWhatWaits) {
  EXPECT_TRUE(add(0));
  EXPECT_EQ(order_.waiting_cost(), 0U);
  EXPECT_TRUE(add(2));

  EXPECT_EQ(order_.waiting_cost(), 1 + piece_overhead);
}

}  // namespace
}  // namespace pigeon::sctp
