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
#include "wire/spelled_id.hpp"

namespace pigeon::membership {

struct MembershipOptions {
  /// Links, 1 to 50.
  std::size_t links_max = 16;
  /// Of these, how many are left to peers that call us: own attempts stop below. A quarter, so that
  /// a peer of upstream, which calls only smaller ids, finds somebody who is not full.
  std::size_t reserved = 4;
  /// Fewer links than this, and the next attempt does not wait.
  std::size_t links_min = 2;
  /// Links chosen by chance besides one for each distance, so that the mesh has short ways and does
  /// not fall apart.
  std::size_t random_links = 4;
  /// Attempts at a time.
  std::size_t attempts_max = 4;
  /// Peers known and not connected; the one unheard of for longest is forgotten first.
  std::size_t discovered_max = 4'096;
  /// Choose by distance; otherwise by chance alone.
  bool uses_distance = true;
  bool dials_discovered = true;
  bool evicts = true;
  bool prefers_verified = false;
  /// From the decision to dial to the open channel; then the attempt is given up.
  Duration attempt_time_max = 20s;
  /// A peer with the greater id offers; if it has not for so long, a peer of this project may be
  /// called by us all the same.
  Duration initiator_grace = 3s;
  /// Wait after the first failed attempt, doubled each time, with up to half of it at random more.
  Duration retry_first = 1s;
  Duration retry_max = 120s;
  /// A peer whose link was closed to make room is not called again for so long.
  Duration eviction_pause = 60s;
  /// Not heard of for so long, a peer is forgotten (upstream: 5 minutes).
  Duration discovered_time_max = 10min;
};

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
/// Close this link, after an eviction notice if it is open.
struct Evict {
  PeerId peer;
  /// For the notice, as upstream words it.
  std::string_view reason;
};
using Action = std::variant<Dial, Evict>;

/// What to do with an offer.
enum class OfferVerdict : std::uint8_t {
  accept,
  /// Give up our own attempt with that peer, then accept.
  yield_and_accept,
  /// Close the link in `OfferDecision::victim`, then accept.
  evict_and_accept,
  /// A link with that peer is open or being made, and ours has precedence.
  ignore,
  /// No room: `connection-rejected` with `max_peers_reached`.
  reject_full,
};
struct OfferDecision {
  OfferVerdict verdict = OfferVerdict::ignore;
  std::optional<PeerId> victim;
};

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

  void set_links_max(std::size_t count);
  void set_links_min(std::size_t count);

  // ---- What it wants

  /// Brings decisions about. Call after any of the above and at `next_timeout`.
  std::vector<Action> take_actions(Now now);
  /// `Instant::max()` if there is nothing to wait for.
  Instant next_timeout() const;

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
  /// In the order of their ids.
  std::vector<Peer> peers() const;
  std::size_t linked_count() const;
  /// Links and attempts.
  std::size_t occupied_count() const;
  std::size_t links_max() const;
  std::size_t links_min() const;
};

}  // namespace pigeon::membership
