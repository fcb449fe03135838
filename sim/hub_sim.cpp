// Runs a simulated scenario again by its seed:
//
//   hub_sim crowd [--seed N] [--clients N] [--networks N] [--duration-s N]
//   hub_sim mesh  [--seed N] [--peers N] [--interval-ms N] [--settle-s N] [--kill N]
//                 [--restart-before N]

#include <cstdio>

#include <CLI/CLI.hpp>

#include "sim/scenarios/client_crowd.hpp"
#include "sim/scenarios/upstream_mesh.hpp"

namespace {

/// A day of virtual time.
constexpr int seconds_max = 86'400;

int run_crowd(const pigeon::sim::ClientCrowdScenario& scenario) {
  const auto result = pigeon::sim::run(scenario);
  std::printf("trace %016llx, messages of the hub %llu, signals %llu sent, %llu arrived\n",
              static_cast<unsigned long long>(result.trace_hash),
              static_cast<unsigned long long>(result.hub_messages),
              static_cast<unsigned long long>(result.signals_sent),
              static_cast<unsigned long long>(result.signals_arrived));
  for (const std::string& violation : result.violations) std::printf("%s\n", violation.c_str());
  return result.violations.empty() ? 0 : 1;
}

int run_mesh(const pigeon::sim::UpstreamMeshScenario& scenario) {
  const auto result = pigeon::sim::run(scenario);
  std::printf("trace %016llx, reach %.1f %%, parts %zu, isolated %zu, links %.2f a peer\n",
              static_cast<unsigned long long>(result.trace_hash), 100 * result.mean_reach,
              result.component_count, result.isolated_count, result.mean_links);
  return result.mean_reach == 1.0 ? 0 : 1;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): want of memory ends the program.
int main(int argc, char** argv) {
  CLI::App app("Runs a simulated scenario of a signaling hub.");
  app.require_subcommand(1);
  std::int64_t seconds = 60;
  std::int64_t settle_seconds = 20;
  std::int64_t interval_ms = 300;

  pigeon::sim::ClientCrowdScenario crowd;
  CLI::App* crowd_command = app.add_subcommand("crowd", "Many scripted clients on one hub.");
  crowd_command->add_option("--seed", crowd.seed);
  crowd_command->add_option("--clients", crowd.client_count)->check(CLI::Range(1, 1'000'000));
  crowd_command->add_option("--networks", crowd.network_count)->check(CLI::Range(1, 1'000'000));
  crowd_command->add_option("--duration-s", seconds)->check(CLI::Range(0, seconds_max));

  pigeon::sim::UpstreamMeshScenario mesh;
  CLI::App* mesh_command = app.add_subcommand("mesh", "Upstream peers that form a mesh.");
  mesh_command->add_option("--seed", mesh.seed);
  mesh_command->add_option("--peers", mesh.peer_count)->check(CLI::Range(1, 100'000));
  mesh_command->add_option("--interval-ms", interval_ms)->check(CLI::Range(0, 1'000 * seconds_max));
  mesh_command->add_option("--settle-s", settle_seconds)->check(CLI::Range(0, seconds_max));
  mesh_command->add_option("--kill", mesh.killed_count);
  mesh_command->add_option("--restart-before", mesh.restart_before);
  CLI11_PARSE(app, argc, argv);

  crowd.duration = std::chrono::seconds(seconds);
  mesh.settle_time = std::chrono::seconds(settle_seconds);
  mesh.join_interval = std::chrono::milliseconds(interval_ms);
  return crowd_command->parsed() ? run_crowd(crowd) : run_mesh(mesh);
}
