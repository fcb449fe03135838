#include "node/node_impl.hpp"

namespace pigeon {

std::string_view to_string(PeerState state) {
  switch (state) {
    case PeerState::connecting:
      return "connecting";
    case PeerState::channel_connecting:
      return "channel-connecting";
    case PeerState::connected:
      return "connected";
  }
  return "unknown";
}

}  // namespace pigeon

namespace pigeon::node {

NodeStatus Node::Impl::status() const {
  std::size_t discovered = 0;
  for (const membership::Membership::Peer& peer : membership_.peers()) {
    if (peer.state == membership::Membership::State::discovered) ++discovered;
  }
  std::vector<std::string> groups;
  for (const auto& [group, key] : groups_) groups.push_back(group);
  return {.peer_id = self_.id,
          .public_key = keys_ ? keys_->signing.to_text() : std::string(),
          .encryption_key = keys_ ? keys_->encryption.to_text() : std::string(),
          .is_connected = hubs_.is_any_connected(),
          .hubs = hubs_.urls(),
          .groups = std::move(groups),
          .network = network_,
          .original_network = options_.network,
          .is_in_fallback = network_ != options_.network,
          .connected_count = membership_.linked_count(),
          .total_peer_count = links_.all().size(),
          .discovered_count = discovered,
          .min_peers = options_.min_peers,
          .max_peers = options_.max_peers,
          .auto_discovery = options_.auto_discovery,
          .eviction_strategy = options_.eviction_strategy,
          .xor_routing = options_.xor_routing,
          .allow_global_fallback = options_.allow_global_fallback,
          .counters = counters_};
}

std::vector<PeerStatus> Node::Impl::peers(Now now) const {
  std::vector<PeerStatus> peers;
  for (const auto& [id, link] : links_.all()) {
    const Duration age = link.is_up ? now.monotonic - link.opened : Duration::zero();
    peers.push_back({.peer = link.peer.id,
                     .state = link.is_up         ? PeerState::connected
                              : link.is_answered ? PeerState::channel_connecting
                                                 : PeerState::connecting,
                     .is_initiator = link.role == membership::Role::offerer,
                     .is_verified = link.is_verified,
                     .is_capable = link.is_capable,
                     .connected_for_ms = age / std::chrono::milliseconds(1)});
  }
  return peers;
}

std::vector<DiscoveredPeer> Node::Impl::discovered_peers() const {
  std::vector<DiscoveredPeer> discovered;
  for (const membership::Membership::Peer& peer : membership_.peers()) {
    const Link* link = links_.find(peer.spelled.id);
    discovered.push_back({.peer = peer.spelled.id,
                          .distance = distance(self_.id, peer.spelled.id).to_text(),
                          .is_connecting = link != nullptr && !link->is_up,
                          .is_connected = link != nullptr && link->is_up});
  }
  return discovered;
}

}  // namespace pigeon::node
