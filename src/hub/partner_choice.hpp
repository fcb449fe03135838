#pragma once

#include <cstddef>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "hub/peer.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// Up to `count` members of the peer's namespace that have a free slot and are not acquainted with
/// it: one for each XOR bucket in turn, of several candidates one without any link or else the one
/// with the most free slots, and some at random. The cost does not depend on the size of the
/// namespace but through binary searches.
std::vector<Peer*> choose_partners(const Peer& peer, std::size_t count,
                                   const IntroductionOptions& options, Random& random, Instant now);

/// Whether the full peer `owner` takes an offer of `newcomer` by upstream's rule of eviction: only
/// the greater id may offer, and it must be nearer to the owner than the owner's farthest link.
bool would_evict_for(const Peer& owner, const Peer& newcomer);

/// For a namespace without free slots: a member that takes the peer's offer by upstream's rule of
/// eviction. Null if none was found.
Peer* choose_evictor(const Peer& peer, Random& random);

}  // namespace pigeon::hub
