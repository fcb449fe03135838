#include <memory>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "sim/scenarios/mesh_scenarios.hpp"
#include "sim/world/hostile_peer.hpp"
#include "sim/world/lying_hub.hpp"

namespace pigeon::sim {

namespace {

/// Holds the nodes, which are honest, to what no lie may change.
class HonestNodes {
 public:
  explicit HonestNodes(MeshRun& run) : run_(run) {
    run_.world().set_observer([this](MeshNode& node, const NodeEvent& event) {
      if (const auto* message = std::get_if<MessageReceived>(&event)) check(node, *message);
      if (const auto* linked = std::get_if<PeerConnected>(&event)) note_link(node, linked->peer);
      if (const auto* gone = std::get_if<PeerDisconnected>(&event)) check(node, *gone);
    });
  }
  ~HonestNodes() { run_.world().set_observer({}); }
  HonestNodes(const HonestNodes&) = delete;
  HonestNodes& operator=(const HonestNodes&) = delete;

  void add(TrustPolicy trust) {
    NodeOptions options;
    options.trust = trust;
    MeshNode& node = run_.world().add_node(options);
    if (trust == TrustPolicy::verified_only) strict_.insert(node.number());
    node.connect();
  }

 private:
  /// A node that takes only what is proven is given nothing else.
  void check(const MeshNode& node, const MessageReceived& message) {
    if (message.verified || message.from == node.id() || !strict_.contains(node.number())) return;
    run_.note(short_name(node.id()) + " takes only what is proven, and is given \"" +
              message.text.substr(0, 40) + "\"");
  }

  /// Between two of us, and nobody in the middle.
  void note_link(const MeshNode& node, const PeerId& peer) {
    for (const auto& [link, believed] : node.channels()) {
      const auto other = run_.world().links().other_side(node.owner(), link);
      if (believed == peer && other && run_.world().id_of(*other) == peer) {
        links_.insert({node.id(), peer});
      }
    }
  }

  /// Nobody but the two ends a link that both know of: they are there all the time, and so is the
  /// way. Of an eviction the one that is evicted hears later.
  void check(const MeshNode& node, const PeerDisconnected& gone) {
    const bool was_linked = links_.erase({node.id(), gone.peer}) != 0;
    if (!was_linked || !links_.contains({gone.peer, node.id()})) return;
    if (gone.reason.starts_with("evicted")) return;
    run_.note(short_name(node.id()) + " has lost its link with " + short_name(gone.peer) +
              ", which is there: " + gone.reason);
  }

  MeshRun& run_;
  std::set<std::uint64_t> strict_;
  std::set<std::pair<PeerId, PeerId>> links_;
};

/// Every fourth node prefers what is proven, and another takes nothing else.
TrustPolicy trust_of(std::size_t place) {
  if (place % 4 == 1) return TrustPolicy::prefer_verified;
  return place % 4 == 3 ? TrustPolicy::verified_only : TrustPolicy::open;
}

/// For half a minute everybody talks, and for another one of the peers does not read.
void live_among(MeshRun& run, const UpstreamPeer& silent) {
  for (int i = 0; i < 30; ++i) {
    run.world().broadcast(run.random_node());
    MeshNode& from = run.random_node();
    MeshNode& to = run.random_node();
    if (&from != &to) run.world().send_direct(from, to.id());
    run.world().run_for(1s);
  }
  run.world().links().set_reading(silent.owner(), false);
  run.world().run_for(30s);
  run.world().links().set_reading(silent.owner(), true);
}

}  // namespace

MeshOutcome run_mesh_hostile(const MeshScenario& scenario) {
  MeshRun run(scenario);
  LyingHub liar(run.world(), {});
  HonestNodes nodes(run);
  for (std::size_t i = 0; i < scenario.node_count; ++i) {
    nodes.add(trust_of(i));
    run.world().run_for(200ms);
  }
  std::vector<std::unique_ptr<HostilePeer>> hostile;
  for (int i = 0; i < 2; ++i) {
    UpstreamPeer& peer = run.world().add_upstream(8);
    run.world().agreement().excuse(peer.id());
    hostile.push_back(std::make_unique<HostilePeer>(run.world(), peer, 100ms));
  }
  live_among(run, *run.world().upstream_peers().front());
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
