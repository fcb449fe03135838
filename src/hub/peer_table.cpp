#include "hub/peer_table.hpp"

#include <algorithm>
#include <vector>

namespace pigeon::hub {

std::vector<Peer*> PeerTable::sorted() const {
  std::vector<Peer*> peers;
  peers.reserve(by_id_.size());
  // The order of the table does not get out: the list is sorted.
  for (const auto& [id, peer] : by_id_) peers.push_back(peer);
  std::sort(peers.begin(), peers.end(), [](const Peer* a, const Peer* b) { return a->id < b->id; });
  return peers;
}

}  // namespace pigeon::hub
