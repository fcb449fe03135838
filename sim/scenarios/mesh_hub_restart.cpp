#include <algorithm>
#include <variant>

#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

namespace {

bool all_reach_the_hub(MeshRun& run) {
  const auto nodes = run.world().nodes();
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const MeshNode* node) { return node->core().status().is_connected; });
}

/// Cuts all links of a node but one, and waits for others to take their place.
void check_repair(MeshRun& run, MeshNode& node) {
  const auto ends = run.world().links().open_ends(node.owner());
  if (ends.size() < 3) return;
  for (std::size_t i = 1; i < ends.size(); ++i) {
    run.world().links().break_link(node.owner(), ends[i].link);
  }
  run.world().run_for(20s);
  const bool is_repaired =
      run.wait_until([&] { return run.world().links().open_ends(node.owner()).size() >= 3; }, 60s);
  if (!is_repaired) run.note(short_name(node.id()) + " finds no new links without the hub");
}

}  // namespace

MeshOutcome run_mesh_hub_restart(const MeshScenario& scenario) {
  MeshRun run(scenario);
  run.join(scenario.node_count, 0, 200ms);
  run.wait_until_whole(60s);
  run.world().run_for(20s);

  std::uint64_t lost_count = 0;
  run.world().set_observer([&](MeshNode&, const NodeEvent& event) {
    const auto* gone = std::get_if<PeerDisconnected>(&event);
    if (gone != nullptr && !gone->reason.starts_with("evicted")) ++lost_count;
  });
  run.world().hub().stop_hub();
  run.world().run_for(40s);
  if (lost_count > 0) run.note(std::to_string(lost_count) + " links are lost with the hub");
  run.world().set_observer({});
  run.check_broadcasts(3, 15s);
  run.check_directs(10, 15s);
  check_repair(run, run.random_node());

  run.world().hub().start_hub();
  if (!run.wait_until([&] { return all_reach_the_hub(run); }, 90s)) {
    run.note("not everybody comes back to the hub");
  }
  run.join(3, 0, 200ms);
  run.wait_until_whole(60s);
  run.world().run_for(15s);
  run.check_broadcasts(3, 15s);
  run.check_directs(10, 15s);
  return run.outcome();
}

}  // namespace pigeon::sim
