#include <algorithm>

#include "sim/scenarios/mesh_scenarios.hpp"

namespace pigeon::sim {

namespace {

constexpr std::string_view home = "home";

MeshNode& join_home(MeshRun& run, bool falls_back) {
  NodeOptions options;
  options.network = home;
  options.allow_global_fallback = falls_back;
  MeshNode& node = run.world().add_node(options);
  node.connect();
  return node;
}

bool is_at(const MeshNode& node, std::string_view network) {
  return node.core().status().network == network;
}

bool are_linked(const MeshNode& node, const MeshNode& other) {
  const auto links = node.links();
  return std::binary_search(links.begin(), links.end(), other.id());
}

/// Alone at home it looks into the namespace of all, is one of the mesh there, and stays.
void check_away(MeshRun& run, const MeshNode& lonely) {
  run.world().run_for(20s);
  if (!is_at(lonely, home)) run.note("a node is not given half a minute to find others at home");
  if (!run.wait_until([&] { return is_at(lonely, "global"); }, 30s)) {
    run.note("a node stays alone at home");
  }
  run.wait_until_whole(30s);
  run.check_broadcasts(3, 15s);
  run.check_directs(10, 15s);
  // Longer than from one look at home to the next: nobody is there, and no link is lost for it.
  const std::size_t links = lonely.links().size();
  run.world().run_for(90s);
  if (!is_at(lonely, "global") || lonely.links().size() < links) {
    run.note("a node that looks whether somebody is at home does not stay where it is");
  }
}

/// When another one comes home and waits there, they meet there, and are out of hearing of all
/// others.
void check_return(MeshRun& run, MeshNode& lonely) {
  MeshNode& friendly = join_home(run, false);
  const auto have_met = [&] {
    return is_at(lonely, home) && is_at(friendly, home) && are_linked(lonely, friendly);
  };
  if (!run.wait_until(have_met, 150s)) run.note("two nodes of a namespace do not meet in it");
  run.world().run_for(100s);
  if (!have_met()) run.note("two nodes of a namespace have not stayed in it");
  const auto all = run.world().participants();
  const std::string text = run.world().broadcast(friendly);
  run.world().run_for(10s);
  const auto& hops = run.world().ledger().find(text)->hops;
  for (const auto& one : all) {
    const bool is_wanted = one.number == lonely.number() || one.number == friendly.number();
    if (hops.contains(one.number) == is_wanted) continue;
    run.note("\"" + text + "\" of the namespace \"" + std::string(home) +
             (is_wanted ? "\" has not reached " : "\" has reached ") + short_name(one.id));
  }
}

}  // namespace

MeshOutcome run_mesh_fallback(const MeshScenario& scenario) {
  MeshRun run(scenario);
  run.join(scenario.node_count - 1, scenario.upstream_percent.value_or(0), 200ms);
  MeshNode& lonely = join_home(run, true);
  check_away(run, lonely);
  check_return(run, lonely);
  return run.outcome();
}

}  // namespace pigeon::sim
