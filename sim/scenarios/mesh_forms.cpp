#include <set>

#include "sim/scenarios/mesh_scenarios.hpp"
#include "sim/world/stream_traffic.hpp"

namespace pigeon::sim {

namespace {

constexpr std::size_t stream_bytes = 1'000'000;

void check_stream(MeshRun& run) {
  MeshNode& from = run.random_node();
  const MeshNode* to = run.random_neighbor(from);
  if (to == nullptr) return;
  StreamTraffic traffic(run.world());
  traffic.send_stream(from, to->id(), stream_bytes);
  run.wait_until([&] { return traffic.is_all_complete(); }, 60s);
  traffic.check_end();
}

void check_encrypted(MeshRun& run) {
  MeshNode& from = run.random_node();
  const MeshNode* to = run.random_neighbor(from);
  if (to == nullptr) return;
  const std::string text = run.world().send_direct(from, to->id(), true);
  const auto has_arrived = [&] { return !run.world().ledger().find(text)->hops.empty(); };
  if (!run.wait_until(has_arrived, 10s)) run.note("an encrypted message has not arrived");
}

/// Neighbors of this project have proven their ids to each other.
void check_proofs(MeshRun& run) {
  std::set<PeerId> ours;
  for (const MeshNode* node : run.world().nodes()) ours.insert(node->id());
  for (const MeshNode* node : run.world().nodes()) {
    for (const PeerStatus& peer : node->core().peers(run.world().now())) {
      if (peer.state != PeerState::connected || peer.is_verified || !ours.contains(peer.peer)) {
        continue;
      }
      // A link that has just come about has a little time.
      if (peer.connected_for_ms < 5'000) continue;
      run.note(short_name(peer.peer) + " has not proven its id to " + short_name(node->id()));
    }
  }
}

}  // namespace

MeshOutcome run_mesh_forms(const MeshScenario& scenario) {
  MeshRun run(scenario);
  const std::uint64_t drawn = run.random().below(3) * 15;
  run.join(scenario.node_count, scenario.upstream_percent.value_or(drawn),
           std::chrono::milliseconds(20 + run.random().below(500)));
  run.wait_until_whole(60s);
  run.world().run_for(20s);
  run.check_broadcasts(6, 15s);
  run.check_directs(30, 15s);
  check_proofs(run);
  // Keyed hashes encrypt nothing.
  if (scenario.crypto != MeshCrypto::fake_hashed) check_encrypted(run);
  check_stream(run);
  run.world().run_for(30s);
  return run.outcome();
}

}  // namespace pigeon::sim
