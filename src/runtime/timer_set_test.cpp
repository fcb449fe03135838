#include "runtime/timer_set.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::runtime {
namespace {

using rtc::ConnectionId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ConnectionId alice{1};
constexpr ConnectionId bob{2};

Instant at(Duration time) { return Instant(time); }

std::vector<ConnectionId> due(const TimerSet& timers, Instant now) {
  std::vector<ConnectionId> found;
  timers.find_due(now, found);
  return found;
}

TEST(TimerSetTest, FindsWhatIsDueTheEarliestFirst) {
  TimerSet timers;
  TimerSet::Timer a;
  TimerSet::Timer b;

  timers.set(a, alice, at(20ms));
  timers.set(b, bob, at(10ms));

  EXPECT_EQ(timers.next(), at(10ms));
  EXPECT_THAT(due(timers, at(9ms)), IsEmpty());
  EXPECT_THAT(due(timers, at(10ms)), ElementsAre(bob));
  EXPECT_THAT(due(timers, at(20ms)), ElementsAre(bob, alice));
}

TEST(TimerSetTest, MovesADeadlineBothWays) {
  TimerSet timers;
  TimerSet::Timer a;
  TimerSet::Timer b;
  timers.set(a, alice, at(20ms));
  timers.set(b, bob, at(20ms));

  timers.set(a, alice, at(30ms));
  timers.set(b, bob, at(5ms));

  EXPECT_THAT(due(timers, at(20ms)), ElementsAre(bob));
  EXPECT_THAT(due(timers, at(30ms)), ElementsAre(bob, alice));
}

TEST(TimerSetTest, ForgetsADeadlineAndTakesAnother) {
  TimerSet timers;
  TimerSet::Timer a;
  timers.set(a, alice, at(20ms));

  timers.set(a, alice, Instant::max());
  EXPECT_EQ(timers.next(), Instant::max());

  timers.set(a, alice, at(7ms));
  EXPECT_EQ(timers.next(), at(7ms));
  EXPECT_EQ(a.at(), at(7ms));
}

}  // namespace
}  // namespace pigeon::runtime
