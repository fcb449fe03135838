#include "routing/next_hops.hpp"

#include <algorithm>

#include "base/peer_id.hpp"

namespace pigeon::routing {

std::optional<PeerId> nearest(const PeerId& to, std::span<const PeerId> peers) {
  const auto is_nearer = [&to](const PeerId& a, const PeerId& b) {
    return distance(a, to) < distance(b, to);
  };
  const auto found = std::min_element(peers.begin(), peers.end(), is_nearer);
  if (found == peers.end()) return std::nullopt;
  return *found;
}

bool contains(std::span<const PeerId> peers, const PeerId& peer) {
  return std::find(peers.begin(), peers.end(), peer) != peers.end();
}

}  // namespace pigeon::routing
