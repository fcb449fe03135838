#include "membership/known_peers.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace pigeon::membership {

namespace {

LruLimits limits_of(const MembershipOptions& options) {
  return {.count_max = std::max<std::size_t>(1, options.discovered_max),
          .time_to_live = options.discovered_time_max};
}

}  // namespace

KnownPeers::KnownPeers(const PeerId& self, const MembershipOptions& options, Random& random)
    : self_{self, 0}, peers_(limits_of(options), KeyedHash(random)) {}

const KnownPeer* KnownPeers::find(const PeerId& peer) const {
  const Entry* entry = peers_.find(peer);
  return entry == nullptr ? nullptr : &entry->peer;
}

Kind KnownPeers::kind_of(const KnownPeer& peer) const {
  if (wire::offers_first(self_, peer.spelled)) {
    return peer.is_capable ? Kind::ours_capable : Kind::ours_other;
  }
  return peer.is_capable ? Kind::theirs_capable : Kind::theirs_other;
}

bool KnownPeers::is_ready(const PeerId& peer) const {
  const Entry* entry = peers_.find(peer);
  return entry != nullptr && entry->position;
}

void KnownPeers::put(const KnownPeer& peer, Instant now) {
  const PeerId& id = peer.spelled.id;
  if (const Entry* present = peers_.find(id)) {
    displace(*present);
  } else if (peers_.full()) {
    displace(peers_.evict_oldest()->value);
  }
  Entry entry{peer, common_prefix_bits(self_.id, id), std::nullopt};
  place(peers_.insert(id, entry, now), now);
}

void KnownPeers::mark(const PeerId& peer, Marks marks) {
  Entry* entry = peers_.find(peer);
  if (entry == nullptr) return;
  const bool was_ready = entry->position.has_value();
  displace(*entry);
  entry->peer.is_capable = entry->peer.is_capable || marks.is_capable;
  entry->peer.is_verified = entry->peer.is_verified || marks.is_verified;
  place(*entry, was_ready ? Instant::max() : Instant::min());
}

std::optional<KnownPeer> KnownPeers::take(const PeerId& peer) {
  const Entry* entry = peers_.find(peer);
  if (entry == nullptr) return std::nullopt;
  displace(*entry);
  const KnownPeer taken = entry->peer;
  peers_.erase(peer);
  return taken;
}

void KnownPeers::advance(Instant now) {
  while (const auto expired = peers_.evict_expired(now)) displace(expired->value);
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    Entry* entry = peers_.find(waiting_.begin()->second);
    PIGEON_ASSERT(entry != nullptr);
    displace(*entry);
    place(*entry, now);
  }
}

Instant KnownPeers::next_ready() const {
  return waiting_.empty() ? Instant::max() : waiting_.begin()->first;
}

std::vector<KnownPeer> KnownPeers::all() const {
  std::vector<KnownPeer> list;
  list.reserve(peers_.size());
  for (const auto& [id, entry] : peers_) list.push_back(entry.peer);
  return list;
}

void KnownPeers::place(Entry& entry, Instant now) {
  Bucket& bucket = buckets_[entry.bucket];
  ++bucket.count;
  if (entry.peer.not_before > now) {
    entry.position.reset();
    waiting_.emplace(entry.peer.not_before, entry.peer.spelled.id);
    return;
  }
  auto& ready = bucket.ready[static_cast<std::size_t>(kind_of(entry.peer))];
  entry.position = ready.size();
  ready.push_back(entry.peer.spelled.id);
}

void KnownPeers::displace(const Entry& entry) {
  Bucket& bucket = buckets_.at(entry.bucket);
  if (entry.position) {
    auto& ready = bucket.ready[static_cast<std::size_t>(kind_of(entry.peer))];
    const PeerId last = ready.back();
    ready[*entry.position] = last;
    ready.pop_back();
    if (last != entry.peer.spelled.id) peers_.find(last)->position = *entry.position;
  } else {
    waiting_.erase({entry.peer.not_before, entry.peer.spelled.id});
  }
  if (--bucket.count == 0) buckets_.erase(entry.bucket);
}

}  // namespace pigeon::membership
