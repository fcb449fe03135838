#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/scenarios/mesh_run.hpp"

namespace pigeon::sim {

/// A mesh of nodes and upstream-like peers comes about and carries messages of all kinds.
MeshOutcome run_mesh_forms(const MeshScenario& scenario);
/// It falls into two groups that do not reach each other, and heals.
MeshOutcome run_mesh_partition(const MeshScenario& scenario);
/// Peers join, leave and vanish, and links and connections to the hub break, for two minutes.
MeshOutcome run_mesh_churn(const MeshScenario& scenario);
/// The hub is away for a while: no link is lost for that, and lost ones are replaced over the mesh.
MeshOutcome run_mesh_hub_restart(const MeshScenario& scenario);
/// Two hubs do not know of each other: a third of the nodes is at one, a third at the other, the
/// rest at both. All the same there is one mesh. One hub dies and returns.
MeshOutcome run_mesh_hubs(const MeshScenario& scenario);
/// Streams and binary messages go between neighbors while links break; what has broken off goes on.
MeshOutcome run_mesh_streams(const MeshScenario& scenario);
/// A node that is alone in its namespace joins the mesh of the namespace `global`, and returns when
/// another one waits there. (Two that both look away and home for moments need not meet.)
MeshOutcome run_mesh_fallback(const MeshScenario& scenario);
/// Some peers send everything that they should not, and the hub lies: no link that two honest nodes
/// have is lost for that.
MeshOutcome run_mesh_hostile(const MeshScenario& scenario);
/// Many nodes, a tenth of them like upstream's: every message arrives, after at most 6 hops on
/// average.
MeshOutcome run_mesh_large(const MeshScenario& scenario);

/// The scenarios by their names.
struct NamedMeshScenario {
  std::string_view name;
  MeshOutcome (*run)(const MeshScenario& scenario);
  std::size_t node_count = 0;
  /// A run takes well below a second.
  bool is_small = true;
};
std::span<const NamedMeshScenario> mesh_scenarios();

/// What follows `mesh_sim` to run a scenario again, and the whole command.
std::string replay_arguments(std::string_view name, const MeshScenario& scenario);
std::string replay_command(std::string_view name, const MeshScenario& scenario);

}  // namespace pigeon::sim
