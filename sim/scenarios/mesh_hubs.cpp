#include <algorithm>
#include <variant>

#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

namespace {

/// Of three nodes that join, one knows the first hub alone, one the second, and one both.
void join_over_two_hubs(MeshRun& run, std::size_t count, std::size_t second_hub) {
  for (std::size_t i = 0; i < count; ++i) {
    MeshNode& node = run.world().add_node();
    if (i % 3 != 1) node.connect();
    if (i % 3 != 0) node.connect(second_hub);
    run.world().run_for(200ms);
  }
}

void check_messages(MeshRun& run) {
  run.wait_until_whole(60s);
  run.world().run_for(15s);
  run.check_broadcasts(4, 15s);
  run.check_directs(15, 15s);
}

/// What is lost while a hub is away and comes back, evictions aside.
class LossCount {
 public:
  explicit LossCount(MeshRun& run) : run_(run) {
    run_.world().set_observer([this](MeshNode&, const NodeEvent& event) {
      const auto* gone = std::get_if<PeerDisconnected>(&event);
      if (gone != nullptr && !gone->reason.starts_with("evicted")) ++count_;
    });
  }
  ~LossCount() { run_.world().set_observer({}); }
  LossCount(const LossCount&) = delete;
  LossCount& operator=(const LossCount&) = delete;

  void check() const {
    if (count_ > 0) run_.note(std::to_string(count_) + " links are lost with a hub");
  }

 private:
  MeshRun& run_;
  std::uint64_t count_ = 0;
};

bool all_reach_a_hub(MeshRun& run) {
  const auto nodes = run.world().nodes();
  return std::all_of(nodes.begin(), nodes.end(),
                     [](const MeshNode* node) { return node->core().status().is_connected; });
}

}  // namespace

MeshOutcome run_mesh_hubs(const MeshScenario& scenario) {
  MeshRun run(scenario);
  const std::size_t second = run.world().add_hub();
  join_over_two_hubs(run, scenario.node_count, second);
  check_messages(run);

  const std::size_t lost = run.random().index(2);
  {
    const LossCount losses(run);
    run.world().hub(lost).stop_hub();
    run.world().run_for(40s);
    losses.check();
  }
  run.check_broadcasts(2, 15s);
  run.check_directs(10, 15s);
  // Who comes now knows the other hub, and meets the nodes of this one through the mesh.
  run.world().add_node().connect(1 - lost);
  run.wait_until_whole(60s);

  run.world().hub(lost).start_hub();
  if (!run.wait_until([&] { return all_reach_a_hub(run); }, 90s)) {
    run.note("not everybody comes back to the hub");
  }
  join_over_two_hubs(run, 3, second);
  check_messages(run);
  return run.outcome();
}

}  // namespace pigeon::sim
