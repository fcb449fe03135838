#include "rtc/ice/turn/transactions.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::ice {
namespace {

using testing::ElementsAre;

constexpr Now at(Duration since_start) { return {Instant(since_start), 0}; }
constexpr AddressPair path{{IpAddress::loopback_v4(), 1}, {IpAddress::loopback_v4(), 2}};

TurnTransaction transaction(std::uint8_t number) {
  TurnTransaction one;
  one.id = {number};
  one.message = {number, number};
  return one;
}

std::size_t sent(TurnTransactions& transactions) {
  DatagramBatch batch;
  transactions.transmit(path, batch);
  return batch.size();
}

TEST(TurnTransactionsTest, RepeatsOverUdpAtTheTimesOfTheStandardAndGivesUp) {
  TurnTransactions transactions(TurnTransport::udp);
  transactions.add(transaction(1), at(0s));
  std::vector<std::int64_t> sent_at_ms;
  Instant now{};

  while (!transactions.take_expired({now, 0})) {
    transactions.handle_timeout({now, 0});
    if (sent(transactions) == 1) sent_at_ms.push_back(now.time_since_epoch().count() / 1'000);
    now = transactions.next_timeout();
  }

  EXPECT_THAT(sent_at_ms, ElementsAre(0, 500, 1'500, 3'500, 7'500, 15'500, 31'500));
  EXPECT_EQ(now, Instant(39'500ms));
  EXPECT_EQ(transactions.next_timeout(), Instant::max());
}

TEST(TurnTransactionsTest, SendsOnceOnAStreamAndGivesUpAsLate) {
  TurnTransactions transactions(TurnTransport::tcp);
  transactions.add(transaction(1), at(0s));

  EXPECT_EQ(sent(transactions), 1U);
  EXPECT_EQ(transactions.next_timeout(), Instant(39'500ms));
  EXPECT_EQ(transactions.handle_timeout(at(39s)), 0U);
  EXPECT_EQ(sent(transactions), 0U);
  EXPECT_FALSE(transactions.take_expired(at(39'499ms)));
  EXPECT_TRUE(transactions.take_expired(at(39'500ms)));
}

TEST(TurnTransactionsTest, ALateTimeoutSendsOnceOnly) {
  TurnTransactions transactions(TurnTransport::udp);
  transactions.add(transaction(1), at(0s));
  sent(transactions);

  EXPECT_EQ(transactions.handle_timeout(at(20s)), 1U);
  EXPECT_EQ(sent(transactions), 1U);
  EXPECT_EQ(transactions.handle_timeout(at(20s)), 0U);
}

TEST(TurnTransactionsTest, WritesEachRequestAsADatagram) {
  TurnTransactions transactions(TurnTransport::udp);
  transactions.add(transaction(1), at(0s));
  transactions.add(transaction(2), at(0s));
  DatagramBatch batch;

  transactions.transmit(path, batch);

  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch.datagrams()[1].path, path);
  EXPECT_THAT(batch.payload(batch.datagrams()[0]), ElementsAre(1, 1));
  EXPECT_THAT(batch.payload(batch.datagrams()[1]), ElementsAre(2, 2));
}

TEST(TurnTransactionsTest, FindsAndEndsOneByItsId) {
  TurnTransactions transactions(TurnTransport::udp);
  transactions.add(transaction(1), at(0s));
  transactions.add(transaction(2), at(0s));

  EXPECT_EQ(transactions.find(TransactionId{3}), nullptr);
  ASSERT_NE(transactions.find(TransactionId{1}), nullptr);
  EXPECT_THAT(transactions.take(TransactionId{1}).message, ElementsAre(1, 1));
  EXPECT_EQ(transactions.find(TransactionId{1}), nullptr);
  EXPECT_NE(transactions.find(TransactionId{2}), nullptr);
}

TEST(TurnTransactionsTest, AfterAForgedAnswerTheRightOneMayStillComeOverUdp) {
  TurnTransactions transactions(TurnTransport::udp);
  transactions.add(transaction(1), at(0s));

  transactions.note_violation(TransactionId{1}, at(1s));

  EXPECT_FALSE(transactions.take_expired(at(39s)));
  const auto expired = transactions.take_expired(at(40s));
  ASSERT_TRUE(expired);
  EXPECT_TRUE(expired->integrity_violated);
}

TEST(TurnTransactionsTest, AfterAForgedAnswerNothingElseComesOnAStream) {
  TurnTransactions transactions(TurnTransport::tcp);
  transactions.add(transaction(1), at(0s));

  transactions.note_violation(TransactionId{1}, at(1s));

  const auto expired = transactions.take_expired(at(1s));
  ASSERT_TRUE(expired);
  EXPECT_TRUE(expired->integrity_violated);
}

}  // namespace
}  // namespace pigeon::ice
