#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "crypto/request.hpp"
#include "node/link_id.hpp"
#include "pigeon/id.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::node {

/// A gossip message of ours, with text of its own, on its way to be signed and sent.
struct OwnGossip {
  MessageId id;
  std::string subtype;
  /// JSON.
  std::string content;
  std::optional<wire::SpelledId> to;
  std::int64_t timestamp = 0;
  bool wants_ack = false;
  /// Goes every way at once.
  bool spreads = false;
};

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
/// The public keys that a peer has shown.
struct PeerKeys {
  crypto::SigningPublicKey signing;
  crypto::EncryptionPublicKey encryption;
  /// They came over a connection, or in a message, that is proven to be the peer's.
  bool is_proven = false;
};
/// A neighbor's proof for a link, and the keys that count once it is found to be right.
struct CheckedLink {
  LinkId link{};
  PeerKeys keys;
};
struct SealedMessage {
  OwnGossip message;
};
/// A direct message that was encrypted to us: what the application learns of it besides the text.
struct OpenedMessage {
  PeerId from;
  MessageId id;
  std::int64_t timestamp = 0;
  std::uint32_t hops = 0;
  bool is_verified = false;
};

using Parked = std::variant<CheckedMessage, SignedMessage, SignedLink, CheckedLink, SealedMessage,
                            OpenedMessage>;

/// Where messages wait for the answers to crypto requests: between decoding and the parts on the
/// way in, between the parts and encoding on the way out. Bounded; whoever finds no room is
/// dropped.
class Gate {
 public:
  explicit Gate(std::size_t count_max) : count_max_(count_max) {}

  /// Parks something under a new ticket; nothing if there is no room.
  std::optional<crypto::Ticket> park(Parked parked) {
    if (is_full()) return std::nullopt;
    const crypto::Ticket ticket{next_++};
    parked_.emplace(ticket, std::move(parked));
    return ticket;
  }

  /// What waited for this answer; nothing for tickets that nobody holds.
  std::optional<Parked> take(crypto::Ticket ticket) {
    const auto found = parked_.find(ticket);
    if (found == parked_.end()) return std::nullopt;
    Parked parked = std::move(found->second);
    parked_.erase(found);
    return parked;
  }

  bool is_full() const { return parked_.size() >= count_max_; }

 private:
  std::size_t count_max_;
  std::uint64_t next_ = 1;
  std::map<crypto::Ticket, Parked> parked_;
};

}  // namespace pigeon::node
