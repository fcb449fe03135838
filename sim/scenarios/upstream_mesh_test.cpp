#include "sim/scenarios/upstream_mesh.hpp"

#include <ostream>
#include <vector>

#include <gtest/gtest.h>

namespace pigeon::sim {

static std::ostream& operator<<(std::ostream& out, const UpstreamMeshScenario& scenario) {
  return out << "hub_sim mesh --seed " << scenario.seed << " --peers " << scenario.peer_count
             << " --interval-ms " << scenario.join_interval / std::chrono::milliseconds(1)
             << " --settle-s " << scenario.settle_time / std::chrono::seconds(1) << " --kill "
             << scenario.killed_count << " --restart-before " << scenario.restart_before;
}

namespace {

void expect_whole(UpstreamMeshScenario scenario, std::uint64_t seed_count) {
  for (scenario.seed = 1; scenario.seed <= seed_count; ++scenario.seed) {
    const UpstreamMeshResult result = run(scenario);

    EXPECT_EQ(result.mean_reach, 1.0) << "replay: " << scenario;
    EXPECT_EQ(result.isolated_count, 0U) << "replay: " << scenario;
  }
}

TEST(UpstreamMeshTest, FortyPeersWithThreeLinksHearEachOther) { expect_whole({}, 50); }

TEST(UpstreamMeshTest, PeersThatJoinAtOnceHearEachOther) {
  expect_whole({.join_interval = 20ms}, 50);
}

TEST(UpstreamMeshTest, PeersThatJoinSlowlyHearEachOther) {
  expect_whole({.join_interval = 4s}, 20);
}

TEST(UpstreamMeshTest, FewPeersHearEachOther) {
  for (const std::size_t count : {2U, 3U, 4U, 5U, 6U, 12U}) {
    expect_whole({.peer_count = count, .settle_time = 40s}, 20);
  }
}

TEST(UpstreamMeshTest, TheMeshHealsWhenPeersVanish) { expect_whole({.killed_count = 10}, 20); }

// The new hub knows nothing of the links that are there, and upstream's client that has all its
// three is found by nobody: of 250 meshes two or three stay in two parts.
TEST(UpstreamMeshTest, NewcomersNearlyAlwaysFindTheMeshAfterARestartOfTheHub) {
  UpstreamMeshScenario scenario{.settle_time = 60s, .restart_before = 20};
  std::vector<UpstreamMeshScenario> divided;
  for (scenario.seed = 1; scenario.seed <= 50; ++scenario.seed) {
    const UpstreamMeshResult result = run(scenario);

    EXPECT_EQ(result.isolated_count, 0U) << "replay: " << scenario;
    if (result.mean_reach < 1.0) divided.push_back(scenario);
  }
  EXPECT_LE(divided.size(), 3U) << "replay: " << divided.front();
}

TEST(UpstreamMeshTest, TheHubSaysNoMoreThanAFewMessagesForEachPeer) {
  const UpstreamMeshResult result = run({.peer_count = 200, .join_interval = 50ms});

  EXPECT_LT(result.hub_messages, 200U * 20U);
}

TEST(UpstreamMeshTest, TheSameSeedGivesTheSameRun) {
  const UpstreamMeshResult once = run({.seed = 7, .killed_count = 3});
  const UpstreamMeshResult again = run({.seed = 7, .killed_count = 3});
  const UpstreamMeshResult other = run({.seed = 8, .killed_count = 3});

  EXPECT_EQ(once.trace_hash, again.trace_hash);
  EXPECT_NE(once.trace_hash, other.trace_hash);
}

}  // namespace
}  // namespace pigeon::sim
