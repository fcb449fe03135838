#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

namespace {

void leave(MeshNode& node, MeshRun& run) {
  node.disconnect();
  // The goodbyes get away before the process ends.
  run.world().scheduler().after(1s, [&node] { node.kill(); });
}

void change_something(MeshRun& run, std::size_t count_min) {
  MeshWorld& world = run.world();
  const std::size_t count = world.participants().size();
  const std::uint64_t what = run.random().below(11);
  if (what < 4 || count <= count_min || world.nodes().size() < 2) {
    if (run.random().chance(1, 6)) {
      world.add_upstream();
    } else {
      world.add_node().connect();
    }
  } else if (what < 6) {
    run.random_node().kill();
  } else if (what < 8) {
    leave(run.random_node(), run);
  } else if (what < 9) {
    run.break_some_link();
  } else if (what < 10) {
    run.random_node().lose_hubs();
  } else if (const auto peers = world.upstream_peers(); !peers.empty()) {
    peers[run.random().below(peers.size())]->leave(run.random().chance(1, 2));
  }
}

}  // namespace

MeshOutcome run_mesh_churn(const MeshScenario& scenario) {
  MeshRun run(scenario);
  run.join(scenario.node_count, scenario.upstream_percent.value_or(10), 200ms);
  for (int second = 0; second < 120; ++second) {
    if (second % 2 == 0) change_something(run, scenario.node_count / 2);
    if (second % 3 == 0) run.world().broadcast(run.random_node());
    if (second % 4 == 0) {
      const auto all = run.world().participants();
      MeshNode& from = run.random_node();
      const PeerId to = all[run.random().below(all.size())].id;
      if (to != from.id()) run.world().send_direct(from, to);
    }
    run.world().run_for(1s);
  }
  run.wait_until_whole(90s);
  run.world().run_for(40s);
  run.check_broadcasts(6, 15s);
  run.check_directs(20, 15s);
  run.world().run_for(30s);
  return run.outcome();
}

}  // namespace pigeon::sim
