#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "crypto/request.hpp"
#include "node/link_id.hpp"
#include "node/own_gossip.hpp"
#include "node/peer_keys.hpp"
#include "pigeon/id.hpp"

namespace pigeon::node {

// What goes on when the answer to a crypto request is there.

/// A message of a neighbor whose signature is checked.
struct CheckedMessage {
  PeerId neighbor;
  std::string text;
};
struct SignedMessage {
  OwnGossip message;
};
/// Our proof for a link.
struct SignedLink {
  LinkId link{};
  bool is_response = false;
};
/// A neighbor's proof for a link, and the keys that count once it is found to be right.
struct CheckedLink {
  LinkId link{};
  PeerKeys keys;
};
struct SealedMessage {
  OwnGossip message;
  /// Empty: it is for one peer.
  std::string group;
};
/// A message that was encrypted to us or to a group of ours: what the application learns of it
/// besides the text.
struct OpenedMessage {
  PeerId neighbor;
  std::size_t bytes = 0;
  PeerId from;
  MessageId id;
  /// By which its sealed text is remembered once it could be opened.
  MessageId sealed_key;
  std::string group;
  std::int64_t timestamp = 0;
  std::uint32_t hops = 0;
  bool is_direct = false;
  bool is_verified = false;
  bool wants_ack = false;
};

using Parked = std::variant<CheckedMessage, SignedMessage, SignedLink, CheckedLink, SealedMessage,
                            OpenedMessage>;

/// Where messages wait for the answers to crypto requests: between decoding and the parts on the
/// way in, between the parts and encoding on the way out. Whoever finds no room is dropped: there
/// is a bound for all, and one for the messages of a neighbor, so that none keeps out the others.
class Gate {
 public:
  explicit Gate(std::size_t count_max) : count_max_(count_max) {}

  /// Parks something under a new ticket; nothing if there is no room.
  std::optional<crypto::Ticket> park(Parked parked);
  /// What waited for this answer; nothing for tickets that nobody holds.
  std::optional<Parked> take(crypto::Ticket ticket);

  bool is_full() const { return parked_.size() >= count_max_; }

  /// Messages of one neighbor may take a quarter of the room, and so many bytes.
  static constexpr std::size_t neighbor_bytes_max = std::size_t{8} << 20U;

 private:
  struct Share {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };

  bool has_room(const PeerId& neighbor, std::size_t bytes) const;

  std::size_t count_max_;
  std::uint64_t next_ = 1;
  std::map<crypto::Ticket, Parked> parked_;
  /// Of neighbors that have messages here.
  std::map<PeerId, Share> shares_;
};

}  // namespace pigeon::node
