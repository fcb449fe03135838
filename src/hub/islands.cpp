#include "hub/islands.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_set.hpp>

#include "hub/partner_choice.hpp"

namespace pigeon::hub {

namespace {

bool has_room(const Peer& peer, Instant now) {
  return peer.slots_free() > 0 && peer.full_until <= now && !peer.closing;
}

/// Takes one look, if any is left.
bool take_look(std::size_t& looks_left) {
  if (looks_left == 0) return false;
  --looks_left;
  return true;
}

template <class Accept>
Bridge search(const std::vector<Peer*>& from, const std::vector<Peer*>& to, std::size_t& looks_left,
              Instant now, Accept&& accept) {
  for (Peer* a : from) {
    if (!take_look(looks_left)) return {};
    if (!has_room(*a, now)) continue;
    for (Peer* b : to) {
      if (!take_look(looks_left)) return {};
      if (a->find_link(*b) == nullptr && accept(*a, *b)) return {a, b};
    }
  }
  return {};
}

}  // namespace

std::vector<std::vector<Peer*>> find_islands(const Network& network) {
  std::vector<std::vector<Peer*>> islands;
  boost::unordered_flat_set<const Peer*> seen;
  for (Peer* start : network.members.all()) {
    if (start->answered_links() == 0 || !seen.insert(start).second) continue;
    std::vector<Peer*> island{start};
    for (std::size_t at = 0; at < island.size(); ++at) {
      for (const Link& link : island[at]->links) {
        if (link.state != LinkState::answered) continue;
        if (seen.insert(link.other).second) island.push_back(link.other);
      }
    }
    islands.push_back(std::move(island));
  }
  std::stable_sort(islands.begin(), islands.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return islands;
}

Bridge find_bridge(const std::vector<Peer*>& island, const std::vector<Peer*>& mainland,
                   std::size_t& looks_left, Instant now) {
  const auto both_free = [&](const Peer&, const Peer& b) { return has_room(b, now); };
  const auto evicts = [](const Peer& a, const Peer& b) { return would_evict_for(b, a); };
  Bridge bridge = search(island, mainland, looks_left, now, both_free);
  if (bridge.a == nullptr) bridge = search(island, mainland, looks_left, now, evicts);
  if (bridge.a == nullptr) bridge = search(mainland, island, looks_left, now, evicts);
  return bridge;
}

}  // namespace pigeon::hub
