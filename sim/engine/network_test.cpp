#include "sim/engine/network.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sim {
namespace {

TEST(NetworkTest, KeepsTheOrderBetweenTwoEndpoints) {
  Scheduler scheduler;
  Network network({.latency_min = 1ms, .latency_max = 100ms}, scheduler, Random::from_number(1));
  std::vector<int> arrived;
  for (int i = 0; i < 100; ++i) network.carry(1, 2, [&arrived, i] { arrived.push_back(i); });

  scheduler.run_for(1s);

  ASSERT_EQ(arrived.size(), 100U);
  EXPECT_TRUE(std::is_sorted(arrived.begin(), arrived.end()));
}

TEST(NetworkTest, DelaysWithinTheBounds) {
  Scheduler scheduler;
  Network network({.latency_min = 10ms, .latency_max = 20ms}, scheduler, Random::from_number(1));
  std::vector<Duration> delays;
  for (std::uint64_t to = 1; to <= 50; ++to) {
    network.carry(0, to, [&] { delays.push_back(scheduler.now().monotonic.time_since_epoch()); });
  }

  scheduler.run_for(1s);

  EXPECT_THAT(delays, ::testing::Each(::testing::AllOf(::testing::Ge(Duration(10ms)),
                                                       ::testing::Le(Duration(20ms)))));
  EXPECT_NE(delays.front(), delays.back());
}

}  // namespace
}  // namespace pigeon::sim
