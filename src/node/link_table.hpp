#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "membership/membership.hpp"
#include "node/link_id.hpp"
#include "pigeon/node_options.hpp"
#include "pigeon/rtc_types.hpp"
#include "wire/signal_type.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::node {

/// What a neighbor may cost.
struct LinkBudget {
  TokenBucket messages;
  TokenBucket bytes;
  /// Descriptions for an open link, and keys that want an answer: each costs a negotiation, or a
  /// signature.
  TokenBucket requests{{.per_minute = 30, .burst = 30}};
  /// Peers that it names. Ours name 4 every 12 seconds or less often.
  TokenBucket names{{.per_minute = 120, .burst = 256}};

  explicit LinkBudget(const NodeLimits& limits)
      : messages(rate(limits.messages_per_second, limits.messages_burst)),
        bytes(rate(limits.bytes_per_second, limits.bytes_burst)) {}

 private:
  static TokenRate rate(std::uint32_t per_second, std::uint32_t burst) {
    constexpr std::uint32_t per_second_max = 0xffff'ffff / 60;
    return {.per_minute = std::min(per_second, per_second_max) * 60, .burst = burst};
  }
};

/// An attempt to link with a peer, and the link it becomes.
struct Link {
  LinkId id{};
  wire::SpelledId peer;
  membership::Role role{};
  /// The other side's description has come.
  bool is_answered = false;
  /// Its channel is open.
  bool is_open = false;
  /// It carries messages: its channel is open, and its id is proven where that is demanded.
  bool is_up = false;
  /// Of this project.
  bool is_capable = false;
  /// It has proven its id on this connection.
  bool is_verified = false;
  /// A proof of the other side is being checked, or was refused; there is one chance.
  bool has_tried_proof = false;
  /// It has shown keys without a valid proof, or none in time: taken for a peer of upstream unless
  /// membership knows it to be of this project.
  bool seems_foreign = false;
  /// Its nearest of our neighbors were named to it.
  bool has_named = false;
  Instant started;
  /// When its channel opened.
  Instant opened;
  /// Of the two certificates, as in the descriptions; nothing if that is not known for sure.
  std::optional<std::string> local_fingerprint;
  std::optional<std::string> remote_fingerprint;
  /// Its signals go over the mesh: no hub is connected or knows the peer, or its offer came so.
  bool signals_over_mesh = false;
  /// Offer and candidates that a hub has got which may not know the peer, until it answers.
  struct Signal {
    wire::SignalType type{};
    /// JSON.
    std::string data;
  };
  std::vector<Signal> unanswered;
  /// An offer that came while the link was open: for the case that the other side has closed or
  /// lost it and we do not know yet.
  struct Offer {
    rtc::SessionDescription description;
    bool is_capable = false;
    bool is_over_mesh = false;
    Instant at;

    /// Whoever made it waits for an answer still: less long than an attempt takes.
    bool is_waiting(Now now) const { return now.monotonic - at <= 15s; }
  };
  std::optional<Offer> next_offer;
  /// Candidates of the other side so far.
  std::size_t candidate_count = 0;
  /// Since when its channel takes no more.
  std::optional<Instant> stalled_since;
  /// Transfers wait for its channel to drain.
  bool wants_drained = false;
  LinkBudget budget;
};

/// The links of a node by their numbers, and the one with each peer. A peer has one at most.
class LinkTable {
 public:
  Link& add(const wire::SpelledId& peer, membership::Role role, const NodeLimits& limits, Now now) {
    const LinkId id{next_++};
    by_peer_[peer.id] = id;
    return links_
        .emplace(id, Link{.id = id,
                          .peer = peer,
                          .role = role,
                          .started = now.monotonic,
                          .budget = LinkBudget(limits)})
        .first->second;
  }

  /// Null if the link is over.
  Link* find(LinkId id) {
    const auto found = links_.find(id);
    return found == links_.end() ? nullptr : &found->second;
  }
  Link* find(const PeerId& peer) {
    const auto found = by_peer_.find(peer);
    return found == by_peer_.end() ? nullptr : find(found->second);
  }
  const Link* find(const PeerId& peer) const {
    const auto found = by_peer_.find(peer);
    return found == by_peer_.end() ? nullptr : &links_.at(found->second);
  }

  void remove(LinkId id) {
    const auto found = links_.find(id);
    if (found == links_.end()) return;
    by_peer_.erase(found->second.peer.id);
    links_.erase(found);
  }

  /// In the order in which they were begun.
  const std::map<LinkId, Link>& all() const { return links_; }

 private:
  std::map<LinkId, Link> links_;
  std::map<PeerId, LinkId> by_peer_;
  std::uint64_t next_ = 1;
};

}  // namespace pigeon::node
