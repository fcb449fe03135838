#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

namespace {

/// Every participant goes into one of two groups, or all into the first.
void divide(MeshRun& run, bool is_divided) {
  for (MeshNode* node : run.world().nodes()) {
    run.world().set_group(*node, is_divided ? static_cast<int>(run.random().below(2)) : 0);
  }
  for (UpstreamPeer* peer : run.world().upstream_peers()) {
    run.world().set_group(*peer, is_divided ? static_cast<int>(run.random().below(2)) : 0);
  }
  run.world().regroup();
}

}  // namespace

MeshOutcome run_mesh_partition(const MeshScenario& scenario) {
  MeshRun run(scenario);
  // A client of upstream's that loses all links while nobody answers its calls marks them as made,
  // forgets whom it knows after five minutes, and can stay alone until somebody calls it. So there
  // are none here unless they are asked for.
  run.join(scenario.node_count, scenario.upstream_percent.value_or(0), 200ms);
  run.wait_until_whole(60s);
  run.world().run_for(10s);
  run.world().set_hub_only_for_group_0(run.random().chance(1, 2));
  // Shorter than a loss takes to be noticed, or long enough that every link is lost.
  const bool is_short = run.random().chance(1, 4);
  divide(run, true);
  run.world().run_for(is_short ? 4s : 40s);
  for (int i = 0; i < 3; ++i) run.world().broadcast(run.random_node());
  run.world().run_for(is_short ? 3s : 30s);
  divide(run, false);
  run.wait_until_whole(150s);
  run.world().run_for(30s);
  run.check_broadcasts(6, 15s);
  run.check_directs(20, 15s);
  run.world().run_for(30s);
  return run.outcome();
}

}  // namespace pigeon::sim
