#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/peer_id.hpp"
#include "base/time.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::membership {

/// Buckets of distance, counted with the one for ids of equal number.
inline constexpr std::size_t bucket_count = 8 * PeerId::byte_count + 1;

/// Where a link stands: our offer is out, we answer theirs, or the channel is open.
enum class LinkState : std::uint8_t { calling, answering, linked };

/// A peer that takes a slot.
struct Link {
  wire::SpelledId spelled;
  LinkState state = LinkState::calling;
  bool is_capable = false;
  bool is_verified = false;
  /// It left the hub, or was reported out of reach: once the link is over it is not called again.
  bool is_gone = false;
  /// It is open, and its connection is not heard at the moment.
  bool is_silent = false;
  /// We made the offer.
  bool is_own_call = false;
  /// Called although own links are at their bound: a redundant one goes as soon as this one is up.
  bool replaces = false;
  /// Attempts that failed one after another.
  unsigned failures = 0;
  /// Leading bits that its id shares with ours.
  std::size_t bucket = 0;
  /// When it came into its state.
  Instant since{};
  /// When an attempt is given up; never for an open link.
  Instant deadline = Instant::max();
  /// The last news of the peer from others.
  Instant heard_at{};
  /// Its last offer; `Instant::min()` if there was none.
  Instant offered_at = Instant::min();
};

/// The links of a peer and its attempts: at most as many as it has slots, so looking through all
/// of them is cheap.
class LinkTable {
 public:
  using Map = std::map<PeerId, Link>;

  const Map& all() const { return links_; }
  Link* find(const PeerId& peer);
  const Link* find(const PeerId& peer) const;
  /// The peer is not in the table.
  Link& add(const Link& link);
  void remove(const PeerId& peer);
  void set_state(Link& link, LinkState state, Instant now);

  std::size_t linked_count() const { return linked_count_; }
  std::size_t occupied_count() const { return links_.size(); }
  /// Attempts of ours.
  std::size_t calling_count() const;
  /// The first attempt to be given up; `Instant::max()` if there is none.
  Instant next_deadline() const;

 private:
  Map links_;
  std::size_t linked_count_ = 0;
};

/// The links in one bucket of distance.
struct BucketTally {
  std::uint32_t linked = 0;
  std::uint32_t linked_capable = 0;
  /// Linked, or answering an offer of theirs: more certain than a call of ours.
  std::uint32_t present = 0;
  std::uint32_t present_capable = 0;
  /// Links and attempts.
  std::uint32_t occupied = 0;
  std::uint32_t occupied_capable = 0;
};

/// How the links lie over the buckets at one moment.
class Coverage {
 public:
  explicit Coverage(const LinkTable& links);

  const BucketTally& at(std::size_t bucket) const { return tallies_[bucket]; }
  /// Buckets with a link or an attempt.
  std::size_t occupied_bucket_count() const;

 private:
  std::array<BucketTally, bucket_count> tallies_{};
};

}  // namespace pigeon::membership
