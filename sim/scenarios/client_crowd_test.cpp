#include "sim/scenarios/client_crowd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sim {
namespace {

TEST(ClientCrowdTest, TheHubKeepsItsPromisesToAThousandClients) {
  const ClientCrowdResult result = run(ClientCrowdScenario{});

  EXPECT_THAT(result.violations, ::testing::IsEmpty()) << "replay: hub_sim crowd --seed 1";
  EXPECT_GT(result.signals_arrived, 10'000U);
}

TEST(ClientCrowdTest, TheHubKeepsItsPromisesForManySeeds) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const ClientCrowdResult result = run(
        ClientCrowdScenario{.seed = seed, .client_count = 60, .network_count = 2, .duration = 90s});

    EXPECT_THAT(result.violations, ::testing::IsEmpty())
        << "replay: hub_sim crowd --seed " << seed << " --clients 60 --networks 2 --duration-s 90";
  }
}

TEST(ClientCrowdTest, TheSameSeedGivesTheSameRun) {
  const ClientCrowdScenario scenario{.seed = 3, .client_count = 200};

  const ClientCrowdResult once = run(scenario);
  const ClientCrowdResult again = run(scenario);

  EXPECT_EQ(once.trace_hash, again.trace_hash);
}

}  // namespace
}  // namespace pigeon::sim
