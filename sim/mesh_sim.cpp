// Runs simulated meshes by their seeds, and says what came out of each:
//
//   mesh_sim <scenario> [--seed N] [--count N] [--nodes N] [--upstream PERCENT]
//                       [--crypto at-once|late|fake-hashed]
//   mesh_sim small      all scenarios with few nodes, one after another

#include <cstdio>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "sim/scenarios/mesh_scenarios.hpp"

namespace {

using pigeon::sim::MeshCrypto;
using pigeon::sim::MeshOutcome;
using pigeon::sim::MeshScenario;
using pigeon::sim::NamedMeshScenario;

void print(const NamedMeshScenario& named, const MeshScenario& scenario,
           const MeshOutcome& outcome) {
  std::printf(
      "%s %s: trace %016llx, reach %.2f %% in %.2f hops, direct %.2f %% of %llu in %.2f hops, "
      "%.2f links each, %llu messages of the hub, %llu on links, %.1f MB, %llu forged, "
      "%llu dead ends, %.0f s\n",
      outcome.findings.empty() ? "ok " : "BAD",
      pigeon::sim::replay_arguments(named.name, scenario).c_str(),
      static_cast<unsigned long long>(outcome.trace_hash), 100 * outcome.broadcasts.share(),
      outcome.broadcasts.mean_hops(), 100 * outcome.directs.share(),
      static_cast<unsigned long long>(outcome.directs.wanted), outcome.directs.mean_hops(),
      outcome.mean_links, static_cast<unsigned long long>(outcome.hub_messages),
      static_cast<unsigned long long>(outcome.link_messages),
      static_cast<double>(outcome.link_bytes) / 1e6,
      static_cast<unsigned long long>(outcome.forged_count),
      static_cast<unsigned long long>(outcome.dead_end_count),
      static_cast<double>(outcome.simulated.count()) / 1e6);
  if (outcome.upstream_directs.wanted > 0) {
    std::printf(
        "  not counted: direct messages sent by upstream's clients, %llu of %llu arrived; a client "
        "sends each over one greedy way, once, and nobody confirms it\n",
        static_cast<unsigned long long>(outcome.upstream_directs.arrived),
        static_cast<unsigned long long>(outcome.upstream_directs.wanted));
  }
  for (const std::string& finding : outcome.findings) std::printf("  %s\n", finding.c_str());
  if (!outcome.findings.empty()) {
    std::printf("  replay: %s\n", pigeon::sim::replay_command(named.name, scenario).c_str());
  }
  std::fflush(stdout);
}

/// The number of runs with findings.
std::uint64_t run_all(const NamedMeshScenario& named, MeshScenario scenario, std::uint64_t count) {
  if (scenario.node_count == 0) scenario.node_count = named.node_count;
  std::uint64_t bad_count = 0;
  for (std::uint64_t i = 0; i < count; ++i, ++scenario.seed) {
    const MeshOutcome outcome = named.run(scenario);
    print(named, scenario, outcome);
    if (!outcome.findings.empty()) ++bad_count;
  }
  return bad_count;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): want of memory ends the program.
int main(int argc, char** argv) {
  CLI::App app("Runs simulated meshes.");
  std::string name;
  MeshScenario scenario;
  std::uint64_t count = 1;
  const std::map<std::string, MeshCrypto> cryptos{{"at-once", MeshCrypto::at_once},
                                                  {"late", MeshCrypto::late},
                                                  {"fake-hashed", MeshCrypto::fake_hashed}};
  std::vector<std::string> names{"small"};
  for (const NamedMeshScenario& named : pigeon::sim::mesh_scenarios()) {
    names.emplace_back(named.name);
  }
  app.add_option("scenario", name, "Which one.")->required()->check(CLI::IsMember(names));
  app.add_option("--seed", scenario.seed, "The first seed.");
  app.add_option("--count", count, "How many seeds from there.")
      ->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--nodes", scenario.node_count, "How many take part.")
      ->check(CLI::Range(2, 10'000));
  app.add_option("--crypto", scenario.crypto, "How signatures are made.")
      ->transform(CLI::CheckedTransformer(cryptos));
  // At least one is a node, which scenarios look at.
  app.add_option("--upstream", scenario.upstream_percent, "Percent like upstream's clients.")
      ->check(CLI::Range(0, 99));
  CLI11_PARSE(app, argc, argv);

  std::uint64_t run_count = 0;
  std::uint64_t bad_count = 0;
  for (const NamedMeshScenario& named : pigeon::sim::mesh_scenarios()) {
    if (name != named.name && !(name == "small" && named.is_small)) continue;
    run_count += count;
    bad_count += run_all(named, scenario, count);
  }
  std::printf("%llu runs, %llu with findings\n", static_cast<unsigned long long>(run_count),
              static_cast<unsigned long long>(bad_count));
  return bad_count == 0 ? 0 : 1;
}
