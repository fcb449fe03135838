#include <memory>
#include <variant>

#include "sim/scenarios/mesh_scenarios.hpp"
#include "sim/world/hostile_peer.hpp"
#include "sim/world/lying_hub.hpp"

namespace pigeon::sim {

namespace {

/// A node that takes only what is proven is given nothing else.
void watch_strict_nodes(MeshRun& run, const std::set<std::uint64_t>& strict) {
  run.world().set_observer([&run, strict](MeshNode& node, const NodeEvent& event) {
    const auto* message = std::get_if<MessageReceived>(&event);
    if (message == nullptr || message->verified || message->from == node.id()) return;
    if (strict.contains(node.number())) {
      run.note(short_name(node.id()) + " takes only what is proven, and is given \"" +
               message->text.substr(0, 40) + "\"");
    }
  });
}

}  // namespace

MeshOutcome run_mesh_hostile(const MeshScenario& scenario) {
  MeshRun run(scenario);
  LyingHub liar(run.world(), {});
  std::set<std::uint64_t> strict;
  for (std::size_t i = 0; i < scenario.node_count; ++i) {
    NodeOptions options;
    if (i % 4 == 1) options.trust = TrustPolicy::prefer_verified;
    if (i % 4 == 3) options.trust = TrustPolicy::verified_only;
    MeshNode& node = run.world().add_node(options);
    if (options.trust == TrustPolicy::verified_only) strict.insert(node.number());
    node.connect();
    run.world().run_for(200ms);
  }
  watch_strict_nodes(run, strict);
  std::vector<std::unique_ptr<HostilePeer>> hostile;
  for (int i = 0; i < 2; ++i) {
    UpstreamPeer& peer = run.world().add_upstream(8);
    run.world().agreement().excuse(peer.id());
    hostile.push_back(std::make_unique<HostilePeer>(run.world(), peer, 100ms));
  }
  for (int i = 0; i < 30; ++i) {
    run.world().broadcast(run.random_node());
    MeshNode& from = run.random_node();
    MeshNode& to = run.random_node();
    if (&from != &to) run.world().send_direct(from, to.id());
    run.world().run_for(1s);
  }
  // One of them stops reading.
  run.world().links().set_reading(run.world().upstream_peers().front()->owner(), false);
  run.world().run_for(30s);
  run.world().links().set_reading(run.world().upstream_peers().front()->owner(), true);
  for (auto& one : hostile) one->stop();
  liar.stop();
  for (UpstreamPeer* peer : run.world().upstream_peers()) peer->leave(true);
  run.wait_until_whole(150s);
  run.world().run_for(30s);
  run.check_broadcasts(6, 15s);
  run.check_directs(20, 15s);
  return run.outcome();
}

}  // namespace pigeon::sim
