#include "sim/scenarios/mesh_scenarios.hpp"

#include <array>

namespace pigeon::sim {

std::span<const NamedMeshScenario> mesh_scenarios() {
  static constexpr std::array<NamedMeshScenario, 9> scenarios{{
      {"forms", &run_mesh_forms, 20},
      {"partition", &run_mesh_partition, 24},
      {"churn", &run_mesh_churn, 24},
      {"hub-restart", &run_mesh_hub_restart, 20},
      {"hubs", &run_mesh_hubs, 18},
      {"streams", &run_mesh_streams, 10},
      {"fallback", &run_mesh_fallback, 8},
      {"hostile", &run_mesh_hostile, 16},
      {"large", &run_mesh_large, 1'000, false},
  }};
  return scenarios;
}

std::string replay_arguments(std::string_view name, const MeshScenario& scenario) {
  std::string arguments = std::string(name) + " --seed " + std::to_string(scenario.seed) +
                          " --nodes " + std::to_string(scenario.node_count);
  if (scenario.crypto == MeshCrypto::at_once) arguments += " --crypto at-once";
  if (scenario.crypto == MeshCrypto::late) arguments += " --crypto late";
  if (scenario.crypto == MeshCrypto::fake_hashed) arguments += " --crypto fake-hashed";
  if (scenario.upstream_percent) {
    arguments += " --upstream " + std::to_string(*scenario.upstream_percent);
  }
  return arguments;
}

std::string replay_command(std::string_view name, const MeshScenario& scenario) {
  return "mesh_sim " + replay_arguments(name, scenario);
}

}  // namespace pigeon::sim
