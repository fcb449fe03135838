#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/peer_id.hpp"
#include "base/time.hpp"
#include "membership/link_table.hpp"
#include "membership/membership_options.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::membership {

/// What to do with an offer.
enum class OfferVerdict : std::uint8_t {
  accept,
  /// Give up what there is with that peer, then accept: our own attempt, or an attempt or a link
  /// of theirs that they have evidently given up.
  yield_and_accept,
  /// Close the link or the attempt in `OfferDecision::victim`, then accept.
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

/// Copies of one offer, over several hubs or the mesh, arrive within this time.
inline constexpr Duration offer_copy_time = 400ms;
/// Offers that cross meet within this time. A later one was made by somebody who knows nothing of
/// ours.
inline constexpr Duration crossing_time_max = 1s;
/// An offer for an open link casts doubt on it for so long: longer than a connection takes to fall
/// silent after its other end has vanished.
inline constexpr Duration offer_doubt_time = 30s;
/// An attempt that answers an offer has had its chance after this.
inline constexpr Duration answer_chance_time = 5s;

/// An offer of a peer that has an attempt or a link with us.
///
/// Of crossed offers the greater id's wins (PeerPigeon protocol, 4.2), unless it has gone
/// unanswered for longer than offers cross: upstream's peers lose one that reaches them while they
/// call. A second offer of a peer that we are answering replaces the first, which it has given up.
/// While a link is open and its connection is heard, offers mean nothing, or a hub could break
/// links with invented ones. A peer that has started anew under its id is let in once the old
/// connection has fallen silent.
OfferVerdict judge_known_offer(const Link& link, const wire::SpelledId& self,
                               const wire::SpelledId& from, Instant now);

/// An offer of a peer that takes no slot so far. In a full table
/// - an attempt of ours gives way if it is not needed, or if there are few links;
/// - an old attempt of a stranger gives way if there are few links, so that offers nobody follows
///   up do not lock a peer in;
/// - a redundant link gives way to a peer in a bucket that has none, and to a few of upstream's
///   peers, which have nobody else to call than smaller ids.
OfferDecision judge_new_offer(std::size_t bucket, bool is_capable, const LinkTable& links,
                              const MembershipOptions& options, Instant now);

}  // namespace pigeon::membership
