#include "membership/link_choice.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pigeon::membership {

namespace {

/// How long a newcomer that cannot call us is worth a link without need.
constexpr Duration help_time = 10s;
/// A bucket that lacks a link keeps a slot free from links by chance for so long: then nobody in it
/// seems to answer.
constexpr Duration claim_time = 30s;
/// Peers drawn for one choice, of which the one that failed least is taken.
constexpr std::size_t draws = 3;

constexpr std::array<Instant, bucket_count> never = [] {
  std::array<Instant, bucket_count> instants{};
  for (Instant& instant : instants) instant = Instant::max();
  return instants;
}();

/// Keeps the moment at which a wish came up; never if there is none.
void keep_since(Instant& since, bool is_wished, Instant now) {
  if (!is_wished) {
    since = Instant::max();
  } else if (since == Instant::max()) {
    since = now;
  }
}

}  // namespace

LinkChoice::LinkChoice(const MembershipOptions& options, Random random)
    : options_(options), random_(std::move(random)), bare_since_(never) {}

void LinkChoice::set_options(const MembershipOptions& options) { options_ = options; }

void LinkChoice::note_helpless(const PeerId& peer, Instant since) {
  std::erase_if(newcomers_, [&](const Newcomer& one) { return one.peer == peer; });
  if (newcomers_.size() == newcomers_max) newcomers_.erase(newcomers_.begin());
  newcomers_.push_back({peer, since + help_time});
}

void LinkChoice::observe(const KnownPeers& known, const LinkTable& links, Instant now) {
  const Coverage coverage(links);
  std::size_t filled = coverage.occupied_bucket_count();
  std::array<Instant, bucket_count> bare = never;
  std::size_t claim_count = 0;
  any_bare_ = false;
  if (options_.uses_distance) {
    for (const auto& [index, bucket] : known.buckets()) {
      if (coverage.at(index).occupied == 0) ++filled;
      if (!lacks_link(bucket, coverage.at(index))) continue;
      bare[index] = std::min(bare_since_[index], now);
      any_bare_ = true;
      if (now < bare[index] + claim_time) ++claim_count;
    }
  }
  bare_since_ = bare;
  const std::size_t wanted = options_.uses_distance
                                 ? std::max(filled + options_.random_links, options_.links_min)
                                 : own_links_max(options_);
  const std::size_t target = std::min(wanted, own_links_max(options_));
  keep_since(short_since_, links.occupied_count() + claim_count < target && known.size() > 0, now);
  keep_since(alone_since_, links.linked_count() == 0, now);
}

std::optional<PeerId> LinkChoice::for_bucket(const KnownPeers& known, const LinkTable& links,
                                             Instant now) {
  const Coverage coverage(links);
  for (const auto& [index, bucket] : known.buckets()) {
    const Instant since = bare_since_[index];
    if (since == Instant::max()) continue;
    if (auto peer = draw(known, bucket.of(Kind::ours_capable))) return peer;
    if (has_waited(since, now)) {
      if (auto peer = draw(known, bucket.of(Kind::theirs_capable))) return peer;
    }
    if (coverage.at(index).occupied > 0) continue;
    if (auto peer = draw(known, bucket.of(Kind::ours_other))) return peer;
    if (has_waited(alone_since_, now)) {
      if (auto peer = draw(known, bucket.of(Kind::theirs_other))) return peer;
    }
  }
  return std::nullopt;
}

std::optional<PeerId> LinkChoice::for_chance(const KnownPeers& known, Instant now) {
  if (short_since_ == Instant::max()) return std::nullopt;
  const std::array<bool, kind_count> may_be_called{true, true, has_waited(short_since_, now),
                                                   has_waited(alone_since_, now)};
  std::size_t count = 0;
  for (const auto& [index, bucket] : known.buckets()) {
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
      if (may_be_called[kind]) count += bucket.ready[kind].size();
    }
  }
  if (count == 0) return std::nullopt;
  auto left = static_cast<std::size_t>(random_.below(count));
  for (const auto& [index, bucket] : known.buckets()) {
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
      if (!may_be_called[kind]) continue;
      if (left < bucket.ready[kind].size()) return bucket.ready[kind][left];
      left -= bucket.ready[kind].size();
    }
  }
  return std::nullopt;
}

std::optional<PeerId> LinkChoice::for_help(const KnownPeers& known, Instant now) {
  std::erase_if(newcomers_, [&](const Newcomer& one) { return one.until <= now; });
  for (const Newcomer& newcomer : newcomers_) {
    const KnownPeer* peer = known.find(newcomer.peer);
    if (peer != nullptr && known.is_ready(newcomer.peer) &&
        known.kind_of(*peer) == Kind::ours_other) {
      return newcomer.peer;
    }
  }
  return std::nullopt;
}

Instant LinkChoice::next_grace(Instant now) const {
  Instant next = Instant::max();
  const auto consider = [&](Instant since) {
    if (since == Instant::max() || has_waited(since, now)) return;
    next = std::min(next, since + options_.initiator_grace);
  };
  for (const Instant since : bare_since_) consider(since);
  consider(short_since_);
  if (is_short()) consider(alone_since_);
  return next;
}

bool LinkChoice::lacks_link(const KnownPeers::Bucket& bucket, const BucketTally& tally) {
  if (tally.occupied == 0) return true;
  if (tally.occupied_capable > 0) return false;
  return !bucket.of(Kind::ours_capable).empty() || !bucket.of(Kind::theirs_capable).empty();
}

bool LinkChoice::has_waited(Instant since, Instant now) const {
  return since != Instant::max() && since + options_.initiator_grace <= now;
}

std::optional<PeerId> LinkChoice::draw(const KnownPeers& known, const std::vector<PeerId>& peers) {
  if (peers.empty()) return std::nullopt;
  const auto rank = [&](const PeerId& peer) {
    const KnownPeer* one = known.find(peer);
    return std::pair(options_.prefers_verified && !one->is_verified, one->failures);
  };
  PeerId best = peers[random_.index(peers.size())];
  for (std::size_t i = 1; i < std::min(draws, peers.size()); ++i) {
    const PeerId& other = peers[random_.index(peers.size())];
    if (rank(other) < rank(best)) best = other;
  }
  return best;
}

}  // namespace pigeon::membership
