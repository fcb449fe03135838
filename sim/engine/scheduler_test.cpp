#include "sim/engine/scheduler.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sim {
namespace {

using ::testing::ElementsAre;

TEST(SchedulerTest, DoesThingsInTheOrderOfTimeThenOfScheduling) {
  Scheduler scheduler;
  std::vector<int> done;
  scheduler.after(20ms, [&] { done.push_back(3); });
  scheduler.after(10ms, [&] { done.push_back(1); });
  scheduler.after(10ms, [&] { done.push_back(2); });

  scheduler.run_for(20ms);

  EXPECT_THAT(done, ElementsAre(1, 2, 3));
}

TEST(SchedulerTest, StopsAtTheEndAndGoesOnFromThere) {
  Scheduler scheduler;
  std::vector<int> done;
  scheduler.after(10ms, [&] { done.push_back(1); });

  scheduler.run_for(9ms);
  EXPECT_TRUE(done.empty());
  scheduler.run_for(1ms);

  EXPECT_THAT(done, ElementsAre(1));
}

TEST(SchedulerTest, AnActionSeesItsOwnTimeAndMaySchedule) {
  Scheduler scheduler;
  std::vector<std::int64_t> wall;
  const std::int64_t start = scheduler.now().wall_ms;
  scheduler.after(5ms, [&] {
    wall.push_back(scheduler.now().wall_ms - start);
    scheduler.after(5ms, [&] { wall.push_back(scheduler.now().wall_ms - start); });
  });

  scheduler.run_for(100ms);

  EXPECT_THAT(wall, ElementsAre(5, 10));
  EXPECT_EQ(scheduler.now().wall_ms - start, 100);
}

}  // namespace
}  // namespace pigeon::sim
