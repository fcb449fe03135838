#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace pigeon::membership {

/// From the decision to link to the open channel.
inline constexpr Duration link_attempt_time_max = 20s;

/// What a peer may choose about its links.
struct MembershipOptions {
  /// Links, 1 to 50.
  std::size_t links_max = 16;
  /// Of these, how many are left to peers that call us: own attempts stop below. A quarter, so that
  /// a peer of upstream, which calls only smaller ids, finds somebody who is not full. Two kinds of
  /// attempts go beyond: one at a time for a bucket without a link, which then takes the place of a
  /// redundant one; and those that help newcomers of upstream, up to half of these slots.
  std::size_t reserved = 4;
  /// Fewer links than this, and the next attempt does not wait; as many are looked for whatever the
  /// shape of the mesh asks for.
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
  Duration attempt_time_max = link_attempt_time_max;
  /// A peer with the greater id offers; if it has not for so long, a peer of this project may be
  /// called by us all the same.
  Duration initiator_grace = 3s;
  /// A newcomer that is not of this project gets so long for an offer of its own, whatever the ids
  /// say: upstream's peers without a link call everybody they hear of, and an offer that reaches
  /// them at that moment ends both attempts.
  Duration newcomer_grace = 300ms;
  /// Wait after the first failed attempt, doubled each time, with up to half of it at random more.
  Duration retry_first = 1s;
  Duration retry_max = 120s;
  /// A peer whose link was closed to make room, on either side, is not called again for so long:
  /// both have time to find another one.
  Duration eviction_pause = 30s;
  /// Not heard of for so long, a peer is forgotten (upstream: 5 minutes).
  Duration discovered_time_max = 10min;
};

/// Above this, nobody can set the number of links (upstream's `setMaxPeers`).
inline constexpr std::size_t links_max_max = 50;

/// Slots that are left to peers that call: never more than a quarter, whatever `reserved` says, so
/// that a peer with few links uses them.
constexpr std::size_t reserved_slots(const MembershipOptions& options) {
  const std::size_t quarter = options.links_max / 4;
  return options.reserved < quarter ? options.reserved : quarter;
}

/// Links and attempts below which a peer calls others of its own accord.
constexpr std::size_t own_links_max(const MembershipOptions& options) {
  const std::size_t unreserved = options.links_max - reserved_slots(options);
  const std::size_t demanded =
      options.links_min < options.links_max ? options.links_min : options.links_max;
  return unreserved < demanded ? demanded : unreserved;
}

}  // namespace pigeon::membership
