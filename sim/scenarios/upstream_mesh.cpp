#include "sim/scenarios/upstream_mesh.hpp"

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "sim/world/hub_world.hpp"
#include "sim/world/upstream_peer.hpp"

namespace pigeon::sim {

namespace {

using Peers = std::vector<std::unique_ptr<UpstreamPeer>>;

/// Sizes of the connected parts of the mesh.
std::vector<std::size_t> component_sizes(const Peers& peers) {
  std::map<PeerId, const UpstreamPeer*> up;
  for (const auto& peer : peers) {
    if (peer->is_up()) up[peer->id()] = peer.get();
  }
  std::vector<std::size_t> sizes;
  std::set<PeerId> seen;
  for (const auto& start : peers) {
    if (!start->is_up() || !seen.insert(start->id()).second) continue;
    std::vector<PeerId> frontier{start->id()};
    std::size_t size = 0;
    while (!frontier.empty()) {
      const PeerId id = frontier.back();
      frontier.pop_back();
      ++size;
      for (const PeerId& next : up.at(id)->links()) {
        if (up.contains(next) && seen.insert(next).second) frontier.push_back(next);
      }
    }
    sizes.push_back(size);
  }
  return sizes;
}

UpstreamMeshResult measure(const Peers& peers) {
  UpstreamMeshResult result;
  std::size_t up_count = 0;
  std::size_t link_ends = 0;
  for (const auto& peer : peers) {
    if (!peer->is_up()) continue;
    ++up_count;
    link_ends += peer->links().size();
    if (peer->links().empty()) ++result.isolated_count;
  }
  // Nobody hears nobody.
  if (up_count == 0) return result;
  const auto total = static_cast<double>(up_count);
  for (const std::size_t size : component_sizes(peers)) {
    ++result.component_count;
    const auto part = static_cast<double>(size);
    result.mean_reach += part * part / (total * total);
  }
  result.mean_links = static_cast<double>(link_ends) / total;
  return result;
}

}  // namespace

UpstreamMeshResult run(const UpstreamMeshScenario& scenario) {
  Scheduler scheduler;
  HubWorld world(scheduler, Random::from_number(scenario.seed), scenario.hub);
  LinkNetwork network(world.scheduler(), world.random().split());
  Peers peers;
  for (std::size_t i = 0; i < scenario.peer_count; ++i) {
    if (i > 0 && i == scenario.restart_before) world.restart_hub();
    peers.push_back(std::make_unique<UpstreamPeer>(world, network, world.random().id<PeerId>(),
                                                   scenario.links_max));
    peers.back()->join();
    world.run_for(scenario.join_interval);
  }
  world.run_for(scenario.settle_time);
  for (std::size_t i = 0; i < scenario.killed_count; ++i) {
    UpstreamPeer& victim = *peers[world.random().below(peers.size())];
    if (victim.is_up()) victim.leave(false);
  }
  if (scenario.killed_count > 0) world.run_for(60s);
  UpstreamMeshResult result = measure(peers);
  result.hub_messages = world.sent_count();
  result.trace_hash = world.trace().hash();
  return result;
}

}  // namespace pigeon::sim
