#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/peer_id.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "membership/known_peers.hpp"
#include "membership/link_choice.hpp"
#include "membership/link_table.hpp"
#include "membership/membership_options.hpp"
#include "membership/offer_rules.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::membership {

/// The other side's share in a link.
enum class Role : std::uint8_t { offerer, answerer };

/// Why a link is over.
enum class LossReason : std::uint8_t {
  /// An attempt came to nothing.
  failed,
  /// An open link broke.
  lost,
  /// One of the two sides made room.
  evicted,
  /// The other side said goodbye.
  left,
  /// The application closed it.
  closed_here,
};

/// Call this peer.
struct Dial {
  PeerId peer;
};
/// Close this link, after an eviction notice if it is open, or end this attempt. For membership it
/// is over already: `link_lost` need not be called, and does nothing.
struct Evict {
  PeerId peer;
  /// For the notice, as upstream words it.
  std::string_view reason;
};
using Action = std::variant<Dial, Evict>;

/// Reasons of an `Evict`, as upstream words them.
inline constexpr std::string_view optimization = "topology optimization";
inline constexpr std::string_view over_limit = "over max peers limit";

/// Knows the peers that were discovered, those being called and those linked, and decides whom to
/// call, whom to let in, and which link to give up.
///
/// The shape of the mesh: one link in each bucket of distance (peers that share exactly k leading
/// bits of their id with ours) in which a peer is known, so that a message gets nearer to any
/// target with every link, and some random ones. Never the closest only, which splits a mesh
/// (PeerPigeon protocol, 9.4).
///
/// Which side calls: the greater id offers (4.2). We call a greater one only if it is of this
/// project and has been silent for `initiator_grace`, or if we are alone.
///
/// Peers of upstream with a smaller id cannot call us. One that has just been named gets a call
/// even if no link is wanted, as long as slots are left beyond half of those reserved.
class Membership {
 public:
  Membership(PeerId self, const MembershipOptions& options, Random random);

  // ---- What the owner learns. `take_actions` afterwards says what follows.

  /// A hub or a neighbor names a peer. True if it was not known. Our own id is ignored.
  bool discover(const wire::SpelledId& peer, bool is_capable, Now now);
  /// The peer has left or is out of reach: it is not called until it is discovered again. An open
  /// link is not touched.
  void forget(const PeerId& peer);
  /// What is known of the peer: it proved to be of this project, or its id.
  void note_capable(const PeerId& peer);
  void note_verified(const PeerId& peer);

  /// Decides about an offer, and takes an accepted one for a link being made.
  OfferDecision judge_offer(const wire::SpelledId& from, bool is_capable, Now now);
  /// The application wants a link. False if there is one, or an attempt, or no room.
  bool call(const PeerId& peer, Now now);
  void link_opened(const PeerId& peer, Now now);
  void link_lost(const PeerId& peer, LossReason reason, Now now);

  /// The connection of an open link has fallen silent, or is heard again.
  void note_silence(const PeerId& peer, bool is_silent);
  /// An open link is silent, and another sign says that its peer is gone: the hub, or an offer that
  /// it has made although it was linked. The link is best given up.
  bool has_vanished(const PeerId& peer, Now now) const;

  /// All but `discovered_max` and `discovered_time_max`, which stay as they were.
  void set_options(const MembershipOptions& options);

  // ---- What it wants

  /// Brings decisions about. Call after any of the above and at `next_timeout`.
  std::vector<Action> take_actions(Now now);
  /// `Instant::max()` if there is nothing to wait for.
  Instant next_timeout() const { return wake_; }

  // ---- What it knows

  enum class State : std::uint8_t { discovered, calling, answering, linked };
  struct Peer {
    wire::SpelledId spelled;
    State state = State::discovered;
    bool is_capable = false;
    bool is_verified = false;
  };
  /// Nothing if the peer is not known.
  std::optional<Peer> find(const PeerId& peer) const;
  /// No link, no attempt, and nobody to be called.
  bool knows_nobody() const { return links_.occupied_count() == 0 && known_.size() == 0; }
  /// In the order of their ids.
  std::vector<Peer> peers() const;
  /// Up to `count` linked peers of this project that are nearest to `peer`, nearest first, without
  /// itself. Worth naming to it when a link with it opens: a hub tells a newcomer of some peers
  /// only, and never tells those that were there before of all who come later.
  std::vector<wire::SpelledId> neighbors_near(const PeerId& peer, std::size_t count) const;
  std::size_t linked_count() const { return links_.linked_count(); }
  /// Links and attempts.
  std::size_t occupied_count() const { return links_.occupied_count(); }
  std::size_t links_max() const { return options_.links_max; }
  std::size_t links_min() const { return options_.links_min; }

 private:
  Link& occupy(const KnownPeer& peer, LinkState state, Now now);
  KnownPeer taken(const PeerId& peer);
  void accept(const wire::SpelledId& from, bool is_capable, Now now);
  void release(const PeerId& peer, LossReason reason, Now now);
  Duration pause_after(const KnownPeer& peer, LossReason reason);

  void evict(const PeerId& peer, std::string_view reason, LossReason loss, Now now);
  void dial(const PeerId& peer, bool replaces, Now now);
  void give_up_late_attempts(Now now);
  void shed_surplus(Now now);
  void dial_wanted(Now now);
  std::optional<PeerId> choose(Now now);
  void exchange_link(Now now);
  bool may_attempt(Instant now) const;
  Instant wake_time(Instant now) const;

  wire::SpelledId self_;
  MembershipOptions options_;
  Random random_;
  KnownPeers known_;
  LinkTable links_;
  LinkChoice choice_;
  std::vector<Action> actions_;
  /// Something has changed since the last `take_actions`.
  bool is_changed_ = false;
  Instant next_attempt_ = Instant::min();
  Instant next_exchange_ = Instant::min();
  Instant next_review_ = Instant::max();
  Instant wake_ = Instant::max();
};

}  // namespace pigeon::membership
