#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {
namespace {

class MeshTest : public ::testing::TestWithParam<NamedMeshScenario> {};

TEST_P(MeshTest, KeepsItsPromises) {
  for (std::uint64_t seed = 1'001; seed <= 1'002; ++seed) {
    const MeshScenario scenario{.seed = seed, .node_count = GetParam().node_count / 2};

    const MeshOutcome outcome = GetParam().run(scenario);

    EXPECT_THAT(outcome.findings, ::testing::IsEmpty())
        << "replay: " << replay_command(GetParam().name, scenario);
    EXPECT_EQ(outcome.reach, 1.0);
    EXPECT_EQ(outcome.direct_share, 1.0);
    EXPECT_GT(outcome.link_messages, 100U);
  }
}

TEST_P(MeshTest, RepeatsItselfForTheSameSeed) {
  const MeshScenario scenario{.seed = 3, .node_count = 8};

  const MeshOutcome once = GetParam().run(scenario);
  const MeshOutcome again = GetParam().run(scenario);
  const MeshOutcome other = GetParam().run({.seed = 4, .node_count = 8});

  EXPECT_EQ(once.trace_hash, again.trace_hash);
  EXPECT_NE(once.trace_hash, other.trace_hash);
}

std::vector<NamedMeshScenario> small_scenarios() {
  std::vector<NamedMeshScenario> small;
  for (const NamedMeshScenario& named : mesh_scenarios()) {
    if (named.is_small) small.push_back(named);
  }
  return small;
}

INSTANTIATE_TEST_SUITE_P(Small, MeshTest, ::testing::ValuesIn(small_scenarios()),
                         [](const auto& named) {
                           std::string name(named.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(MeshLargeTest, AHundredNodesWithHashedSignaturesHearEachOther) {
  const MeshScenario scenario{.seed = 1, .node_count = 100, .crypto = MeshCrypto::fake_hashed};

  const MeshOutcome outcome = run_mesh_large(scenario);

  EXPECT_THAT(outcome.findings, ::testing::IsEmpty())
      << "replay: " << replay_command("large", scenario);
  EXPECT_EQ(outcome.reach, 1.0);
  EXPECT_EQ(outcome.direct_share, 1.0);
}

}  // namespace
}  // namespace pigeon::sim
