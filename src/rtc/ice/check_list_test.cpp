#include "rtc/ice/check_list.hpp"

#include <gtest/gtest.h>

namespace pigeon::ice {
namespace {

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }

Pair pair_with(std::uint32_t local_priority, std::uint16_t port) {
  return {.path = {{ip("192.0.2.1"), 1}, {ip("192.0.2.2"), port}},
          .local_priority = local_priority,
          .remote_priority = 100};
}

// RFC 8445 section 6.1.2.3.
TEST(CheckListTest, PairPriorityIsTheSameOnBothSides) {
  EXPECT_EQ(pair_priority(5, 9), (std::uint64_t{5} << 32U) + 18);
  EXPECT_EQ(pair_priority(9, 5), (std::uint64_t{5} << 32U) + 19);
}

TEST(CheckListTest, PairsOnlyWhatCanReachEachOther) {
  EXPECT_TRUE(can_pair(ip("192.0.2.1"), ip("198.51.100.1")));
  EXPECT_TRUE(can_pair(ip("127.0.0.1"), ip("127.0.0.2")));
  EXPECT_TRUE(can_pair(ip("fe80::1"), ip("fe80::2")));
  EXPECT_FALSE(can_pair(ip("192.0.2.1"), ip("2001:db8::1")));
  EXPECT_FALSE(can_pair(ip("127.0.0.1"), ip("192.0.2.1")));
  EXPECT_FALSE(can_pair(ip("fe80::1"), ip("2001:db8::1")));
}

TEST(CheckListTest, TheWorstPairGivesWayWhenTheListIsFull) {
  CheckList list(2);
  const PairId worst = list.add(pair_with(1, 1), Role::controlling)->id;
  const PairId best = list.add(pair_with(3, 2), Role::controlling)->id;

  EXPECT_NE(list.add(pair_with(2, 3), Role::controlling), nullptr);
  EXPECT_EQ(list.add(pair_with(1, 4), Role::controlling), nullptr);

  EXPECT_EQ(list.find(worst), nullptr);
  EXPECT_NE(list.find(best), nullptr);
}

TEST(CheckListTest, AValidPairDoesNotGiveWay) {
  CheckList list(1);
  list.add(pair_with(1, 1), Role::controlling)->state = PairState::succeeded;

  EXPECT_EQ(list.add(pair_with(9, 2), Role::controlling), nullptr);
}

TEST(CheckListTest, ChecksInTheOrderOfPriority) {
  CheckList list(10);
  list.add(pair_with(1, 1), Role::controlled);
  list.add(pair_with(3, 2), Role::controlled);
  list.add(pair_with(2, 3), Role::controlled);

  EXPECT_EQ(list.best_waiting()->local_priority, 3U);
  list.best_waiting()->state = PairState::in_progress;
  EXPECT_EQ(list.best_waiting()->local_priority, 2U);
}

TEST(CheckListTest, TriggeredChecksKeepTheirOrderAndForgetWhatIsGone) {
  CheckList list(2);
  Pair* first = list.add(pair_with(1, 1), Role::controlled);
  list.trigger(*first);
  list.trigger(*first);
  Pair* second = list.add(pair_with(2, 2), Role::controlled);
  list.trigger(*second);
  list.add(pair_with(9, 3), Role::controlled);

  EXPECT_EQ(list.pop_triggered()->local_priority, 2U);
  EXPECT_EQ(list.pop_triggered(), nullptr);
}

}  // namespace
}  // namespace pigeon::ice
