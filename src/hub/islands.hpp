#pragma once

#include <cstddef>
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

/// A bridge between the islands; both ends null if none is found. Looks at no more than
/// `looks_left` peers and pairs, and takes those that it has looked at off.
Bridge find_bridge(const std::vector<Peer*>& island, const std::vector<Peer*>& mainland,
                   std::size_t& looks_left, Instant now);

}  // namespace pigeon::hub
