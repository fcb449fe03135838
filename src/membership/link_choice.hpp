#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/peer_id.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "membership/known_peers.hpp"
#include "membership/link_table.hpp"
#include "membership/membership_options.hpp"

namespace pigeon::membership {

/// Chooses which of the known peers are worth a link.
///
/// First those in a bucket of distance without a link, the farthest bucket first, because half of
/// all peers are there; then any, until there is one link for each bucket and `random_links`
/// more, with slots kept for the buckets for a while. Peers with a greater id are to call us: they
/// are chosen only after a link has been wanted for `initiator_grace`, and those that are not of
/// this project only if we have been alone for so long.
class LinkChoice {
 public:
  LinkChoice(const MembershipOptions& options, Random random);

  void set_options(const MembershipOptions& options);

  /// Somebody named a peer of upstream with a smaller id than ours. It cannot call us, and whoever
  /// named it may count on us, so for some seconds from `since` it is worth a link even without
  /// need.
  void note_helpless(const PeerId& peer, Instant since);

  /// Notes which wishes have come up and which are fulfilled. Call after each change, before any of
  /// the following.
  void observe(const KnownPeers& known, const LinkTable& links, Instant now);

  /// A peer that may be called now, in a bucket without a link.
  std::optional<PeerId> for_bucket(const KnownPeers& known, const LinkTable& links, Instant now);
  /// Any peer that may be called now, if there are fewer links and attempts than wanted.
  std::optional<PeerId> for_chance(const KnownPeers& known, Instant now);
  /// One of those that were noted as helpless.
  std::optional<PeerId> for_help(const KnownPeers& known, Instant now);

  /// There are some of those.
  bool has_helpless() const { return !newcomers_.empty(); }
  /// A link is wanted.
  bool is_short() const { return any_bare_ || short_since_ != Instant::max(); }
  /// When peers with a greater id may be called that may not be now; `Instant::max()` if none.
  Instant next_grace(Instant now) const;

 private:
  struct Newcomer {
    PeerId peer;
    Instant until{};
  };
  static constexpr std::size_t newcomers_max = 8;

  /// It has no link at all, or none to a peer of this project though such a one could be called.
  static bool lacks_link(const KnownPeers::Bucket& bucket, const BucketTally& tally);
  bool has_waited(Instant since, Instant now) const;
  std::optional<PeerId> draw(const KnownPeers& known, const std::vector<PeerId>& peers);

  MembershipOptions options_;
  Random random_;
  /// By bucket: since when it has had known peers and lacked a link; otherwise never.
  std::array<Instant, bucket_count> bare_since_;
  bool any_bare_ = false;
  /// Since when there have been fewer links and attempts than wanted; otherwise never.
  Instant short_since_ = Instant::max();
  /// Since when no link has been open; otherwise never.
  Instant alone_since_ = Instant::max();
  std::vector<Newcomer> newcomers_;
};

}  // namespace pigeon::membership
