#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

MeshOutcome run_mesh_large(const MeshScenario& scenario) {
  // Looks after each step would double the time of this run.
  MeshRun run(scenario, LinkConditions{}, {.period = 5s, .after_each_step = false});
  run.join(scenario.node_count, scenario.upstream_percent.value_or(10), 30ms);
  run.wait_until_whole(120s);
  run.world().run_for(30s);
  run.check_broadcasts(10, 20s);
  run.check_directs(300, 20s);
  run.check_hops(6);
  return run.outcome();
}

}  // namespace pigeon::sim
