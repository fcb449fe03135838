#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/random.hpp"
#include "hub/input.hpp"
#include "hub/peer.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::hub {

/// Spreads connection ids, which are chosen by the driver, over a table.
struct ConnectionIdHash {
  using is_avalanching = void;
  std::size_t operator()(ConnectionId id) const {
    auto x = static_cast<std::uint64_t>(id);
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>(x ^ (x >> 31U));
  }
};

/// All accepted clients, by connection and by id. Peers stay where they are in memory.
class PeerTable {
 public:
  explicit PeerTable(Random& random) : by_id_(0, wire::SpelledIdHash(random)) {}

  /// The id is in use by nobody.
  Peer& insert(std::unique_ptr<Peer> peer) {
    Peer& inserted = *peer;
    by_id_.emplace(inserted.id, &inserted);
    by_connection_.emplace(inserted.connection, std::move(peer));
    return inserted;
  }

  void erase(const Peer& peer) {
    const ConnectionId connection = peer.connection;
    by_id_.erase(peer.id);
    by_connection_.erase(connection);
  }

  Peer* find(ConnectionId connection) const {
    const auto found = by_connection_.find(connection);
    return found == by_connection_.end() ? nullptr : found->second.get();
  }

  Peer* find(const wire::SpelledId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

  std::size_t size() const { return by_connection_.size(); }

  /// Every peer in the order of the ids. Costs a sort: for reports and for draining.
  std::vector<Peer*> sorted() const;

 private:
  boost::unordered_flat_map<ConnectionId, std::unique_ptr<Peer>, ConnectionIdHash> by_connection_;
  boost::unordered_flat_map<wire::SpelledId, Peer*, wire::SpelledIdHash> by_id_;
};

}  // namespace pigeon::hub
