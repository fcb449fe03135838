#pragma once

#include <vector>

#include "hub/peer.hpp"
#include "hub/roster.hpp"

namespace pigeon::hub {

/// The parts of a namespace that no answered link connects, the largest first. Peers without any
/// answered link are left out. Linear in peers and links.
std::vector<std::vector<Peer*>> find_islands(const Network& network);

/// Two peers whose introduction joins the islands: both have a free slot, or one has and the other
/// would evict a neighbour for it.
struct Bridge {
  Peer* a = nullptr;
  Peer* b = nullptr;
};

/// A bridge between the islands; both ends null if there is none.
Bridge find_bridge(const std::vector<Peer*>& island, const std::vector<Peer*>& mainland,
                   Instant now);

}  // namespace pigeon::hub
