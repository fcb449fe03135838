#pragma once

#include <cstddef>

#include "base/time.hpp"
#include "hub/peer.hpp"
#include "hub/roster.hpp"

namespace pigeon::hub {

// The account of who is linked to whom. All changes of links and membership go through here, so
// that both ends of a link and the counts of free slots agree.

/// Links of a peer that are only known are kept up to this; then the oldest is forgotten, and the
/// two hear no more of each other, not even a departure.
inline constexpr std::size_t known_links_max = 48;

/// Enters one of the namespaces; the peer is in none.
void enter(Peer& peer, Network& network, Networks& networks, Instant now);

/// Leaves the namespace and drops all links.
void leave(Peer& peer, Networks& networks);

/// Changes how many links the peer wants.
void set_slots(Peer& peer, std::size_t slots);

/// Brings the link of two members of one namespace into a state, making it if need be. Returns the
/// side of `peer`; the reference lives until the next change of its links.
Link& set_link(Peer& peer, Peer& other, LinkState state, Instant now);

/// Forgets the link.
void drop_link(Peer& peer, Peer& other);

/// The member of `peer`'s answered links, except `spared`, that is farthest from it in the XOR
/// metric: the one that upstream's peers evict. Null if there is none.
Peer* farthest_link(const Peer& peer, const Peer* spared);

}  // namespace pigeon::hub
