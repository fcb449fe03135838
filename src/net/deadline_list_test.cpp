#include "net/deadline_list.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace pigeon::net {
namespace {

constexpr Instant at(Duration time) { return Instant(time); }

TEST(DeadlineListTest, GivesEntriesInTheOrderOfTheirDeadlines) {
  DeadlineList list(5s);
  DeadlineEntry first;
  DeadlineEntry second;
  list.add(first, at(1s));
  list.add(second, at(2s));

  EXPECT_EQ(list.next(), at(6s));
  EXPECT_EQ(list.pop_due(at(6s) - 1us), nullptr);
  EXPECT_EQ(list.pop_due(at(7s)), &first);
  EXPECT_EQ(list.pop_due(at(7s)), &second);
  EXPECT_EQ(list.pop_due(at(7s)), nullptr);
  EXPECT_EQ(list.next(), Instant::max());
}

TEST(DeadlineListTest, MovesAnEntryToItsNewDeadline) {
  DeadlineList list(5s);
  DeadlineEntry first;
  DeadlineEntry second;
  list.add(first, at(1s));
  list.add(second, at(2s));

  list.add(first, at(3s));

  EXPECT_EQ(list.next(), at(7s));
  EXPECT_EQ(first.deadline(), at(8s));
  EXPECT_EQ(list.pop_due(at(10s)), &second);
  EXPECT_EQ(list.pop_due(at(10s)), &first);
}

TEST(DeadlineListTest, MovesAnEntryBetweenLists) {
  DeadlineList patient(1min);
  DeadlineList hasty(1s);
  DeadlineEntry entry;
  patient.add(entry, at(0s));

  hasty.add(entry, at(0s));

  EXPECT_EQ(patient.next(), Instant::max());
  EXPECT_EQ(hasty.next(), at(1s));
}

TEST(DeadlineListTest, ForgetsAnEntryThatLeaves) {
  DeadlineList list(5s);
  DeadlineEntry first;
  DeadlineEntry second;
  DeadlineEntry third;
  for (DeadlineEntry* entry : {&first, &second, &third}) list.add(*entry, at(0s));

  second.leave();
  second.leave();

  EXPECT_FALSE(second.waits());
  EXPECT_TRUE(first.waits());
  EXPECT_EQ(list.pop_due(at(5s)), &first);
  EXPECT_EQ(list.pop_due(at(5s)), &third);
}

TEST(DeadlineListTest, ForgetsAnEntryThatIsDestroyed) {
  DeadlineList list(5s);
  auto entry = std::make_unique<DeadlineEntry>();
  list.add(*entry, at(0s));

  entry.reset();

  EXPECT_EQ(list.next(), Instant::max());
}

TEST(DeadlineListTest, ReleasesItsEntriesWhenDestroyed) {
  DeadlineEntry entry;
  {
    DeadlineList list(5s);
    list.add(entry, at(0s));
  }

  EXPECT_FALSE(entry.waits());
}

}  // namespace
}  // namespace pigeon::net
