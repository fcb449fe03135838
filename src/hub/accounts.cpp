#include "hub/accounts.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/peer_id.hpp"

namespace pigeon::hub {

namespace {

/// Changes the peer through `change` and keeps the counts of its namespace right.
template <class Change>
void accounted(Peer& peer, Change&& change) {
  Network* network = peer.network;
  const std::size_t before = peer.slots_free();
  const std::size_t answered_before = peer.answered_links();
  change();
  const std::size_t after = peer.slots_free();
  if (network == nullptr) return;
  network->slots_free += after;
  network->slots_free -= before;
  network->answered_ends += peer.answered_links();
  network->answered_ends -= answered_before;
  if (before == 0 && after > 0) network->open.insert(&peer);
  if (before > 0 && after == 0) network->open.erase(&peer);
}

void forget_oldest_known(Peer& peer, const Peer& spared) {
  const Link* oldest = nullptr;
  std::size_t known_count = 0;
  for (const Link& link : peer.links) {
    if (link.state != LinkState::known || link.other == &spared) continue;
    ++known_count;
    if (oldest == nullptr || link.since < oldest->since) oldest = &link;
  }
  if (known_count >= known_links_max) drop_link(peer, *oldest->other);
}

Link& set_one_side(Peer& peer, Peer& other, LinkState state, Instant now) {
  accounted(peer, [&] {
    Link* link = peer.find_link(other);
    if (link == nullptr) link = &peer.links.emplace_back(Link{.other = &other});
    link->state = state;
    link->since = now;
  });
  return *peer.find_link(other);
}

}  // namespace

void enter(Peer& peer, Network& network, Networks& networks, Instant now) {
  PIGEON_ASSERT(peer.network == nullptr);
  PIGEON_ASSERT(peer.links.empty());
  network.members.insert(&peer);
  networks.member_entered();
  peer.network = &network;
  peer.joined_at = now;
  network.slots_free += peer.slots_free();
  if (peer.slots_free() > 0) network.open.insert(&peer);
}

void leave(Peer& peer, Networks& networks) {
  while (!peer.links.empty()) drop_link(peer, *peer.links.back().other);
  Network& network = *peer.network;
  if (peer.slots_free() > 0) network.open.erase(&peer);
  network.slots_free -= peer.slots_free();
  network.members.erase(&peer);
  networks.member_left();
  peer.network = nullptr;
}

void set_slots(Peer& peer, std::size_t slots) {
  accounted(peer, [&] { peer.slots = static_cast<std::uint16_t>(slots); });
}

Link& set_link(Peer& peer, Peer& other, LinkState state, Instant now) {
  PIGEON_ASSERT(&peer != &other);
  PIGEON_ASSERT(peer.network != nullptr);
  PIGEON_ASSERT(peer.network == other.network);
  forget_oldest_known(peer, other);
  forget_oldest_known(other, peer);
  set_one_side(other, peer, state, now);
  return set_one_side(peer, other, state, now);
}

void drop_link(Peer& peer, Peer& other) {
  const auto erase_side = [](Peer& side, const Peer& far) {
    accounted(side, [&] {
      std::erase_if(side.links, [&](const Link& link) { return link.other == &far; });
    });
  };
  erase_side(peer, other);
  erase_side(other, peer);
}

Peer* farthest_link(const Peer& peer, const Peer* spared) {
  Peer* farthest = nullptr;
  for (const Link& link : peer.links) {
    if (link.state != LinkState::answered || link.other == spared) continue;
    if (farthest == nullptr ||
        distance(peer.id.id, link.other->id.id) > distance(peer.id.id, farthest->id.id)) {
      farthest = link.other;
    }
  }
  return farthest;
}

}  // namespace pigeon::hub
