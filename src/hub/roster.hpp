#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/peer.hpp"

namespace pigeon::hub {

/// Peers in the order of their ids, so that those of one XOR bucket are neighbours.
class Roster {
 public:
  /// Linear in moved pointers: a few microseconds for 10,000 peers.
  void insert(Peer* peer);
  void erase(Peer* peer);

  std::span<Peer* const> all() const { return peers_; }
  std::size_t size() const { return peers_.size(); }

  /// The peers whose ids share exactly `bits` leading bits with `id`: one bucket of Kademlia's.
  std::span<Peer* const> bucket(const PeerId& id, std::size_t bits) const;

 private:
  std::vector<Peer*> peers_;
};

/// A namespace: the peers that announced the same name.
struct Network {
  std::string name;
  Roster members;
  /// Those of the members that have a free slot.
  Roster open;
  /// Free slots of all members together.
  std::size_t slots_free = 0;
  /// Ends of answered links, so two for each.
  std::size_t answered_ends = 0;
  /// A look for islands is planned.
  bool mend_planned = false;
  /// Which island that look begins with; the last one may have ended early.
  std::size_t mend_from = 0;
};

/// All namespaces that have members. Bounded by the number of peers.
class Networks {
 public:
  /// The namespace of that name, made if need be.
  Network& at(std::string_view name);
  Network* find(std::string_view name);
  /// Forgets a namespace without members.
  void drop_if_empty(Network* network);

  const std::map<std::string, std::unique_ptr<Network>, std::less<>>& all() const {
    return networks_;
  }
  std::size_t size() const { return networks_.size(); }

  /// Members of all namespaces together; told by `enter` and `leave`.
  std::size_t member_count() const { return member_count_; }
  void member_entered() { ++member_count_; }
  void member_left() { --member_count_; }

 private:
  std::size_t member_count_ = 0;
  std::map<std::string, std::unique_ptr<Network>, std::less<>> networks_;
};

}  // namespace pigeon::hub
