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
    EXPECT_EQ(outcome.broadcasts.share(), 1.0);
    EXPECT_EQ(outcome.directs.share(), 1.0);
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
  EXPECT_EQ(outcome.broadcasts.share(), 1.0);
  EXPECT_EQ(outcome.directs.share(), 1.0);
  EXPECT_GT(outcome.directs.hops, 0U);
}

TEST(MeshRunTest, MessagesThatTakeTooManyHopsAreFindings) {
  MeshRun run({.seed = 1, .node_count = 40, .crypto = MeshCrypto::fake_hashed});
  run.join(40, 0, 100ms);
  run.wait_until_whole(60s);
  run.check_broadcasts(3, 15s);
  run.check_directs(20, 15s);

  run.check_hops(0.1);

  EXPECT_THAT(run.outcome().findings,
              ::testing::UnorderedElementsAre(::testing::HasSubstr("broadcasts take"),
                                              ::testing::HasSubstr("direct messages take")));
}

TEST(MeshRunTest, NothingThatWasLookedAtIsNotEverything) { EXPECT_EQ(MeshShare().share(), 0.0); }

TEST(MeshScenariosTest, TheReplayCommandNamesEverythingThatWasAskedFor) {
  EXPECT_EQ(replay_command(
                "forms",
                {.seed = 7, .node_count = 20, .crypto = MeshCrypto::late, .upstream_percent = 15}),
            "mesh_sim forms --seed 7 --nodes 20 --crypto late --upstream 15");
}

}  // namespace
}  // namespace pigeon::sim
