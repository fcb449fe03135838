#include "gossip/gossip.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "crypto/sha256.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::gossip {
namespace {

/// How much longer than needed an id may be remembered.
constexpr Duration sweep_interval = 30s;
/// How often a spread may pass. Longer than its copies are under way.
constexpr Duration spread_round = 1500ms;

bool contains(std::span<const PeerId> peers, const PeerId& peer) {
  return std::find(peers.begin(), peers.end(), peer) != peers.end();
}

/// At most 64 peers, so comparing each with each is cheaper than sorting them.
bool has_repeats(std::span<const PeerId> path) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (contains(path.first(i), path[i])) return true;
  }
  return false;
}

bool is_plausible(const Header& header, const PeerId& neighbor) {
  const std::span<const PeerId> path = header.path;
  if (path.empty()) return header.from == neighbor;
  if (path.size() > wire::path_count_max) return false;
  return path.front() == header.from && path.back() == neighbor && !has_repeats(path);
}

}  // namespace

MessageId spread_id(const MessageId& id, Now now) {
  auto round = static_cast<std::uint64_t>(now.monotonic.time_since_epoch() / spread_round);
  std::array<std::uint8_t, 8> round_bytes{};
  for (std::uint8_t& byte : round_bytes) {
    byte = static_cast<std::uint8_t>(round);
    round >>= 8U;
  }
  crypto::Sha256 hash;
  hash.update(as_bytes("pigeon-spread"));
  hash.update(id.bytes());
  hash.update(round_bytes);
  const auto digest = hash.digest();
  std::array<std::uint8_t, MessageId::byte_count> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return MessageId(bytes);
}

Gossip::Gossip(PeerId self, const GossipOptions& options, Random random)
    : self_(self),
      options_(options),
      seen_({.count_max = options.seen_count_max, .time_to_live = options.seen_retention},
            KeyedHash(random)),
      verified_seen_({.count_max = options.seen_count_max, .time_to_live = options.seen_retention},
                     KeyedHash(random)) {
  PIGEON_ASSERT(options.seen_retention > 2 * options.freshness);
}

Verdict Gossip::inspect(const Header& header, const PeerId& neighbor) const {
  const Seen& seen = header.is_verified ? verified_seen_ : seen_;
  if (seen.contains(header.id)) return Verdict::duplicate;
  if (header.ttl == 0) return Verdict::expired;
  if (header.from == self_ || contains(header.path, self_)) return Verdict::looped;
  return is_plausible(header, neighbor) ? Verdict::take : Verdict::misrouted;
}

bool Gossip::admit(const MessageId& id, bool is_verified, Now now) {
  return (is_verified ? verified_seen_ : seen_).insert(id, now.monotonic);
}

bool Gossip::is_fresh(std::int64_t timestamp_ms, Now now) const {
  // Unsigned, because a stranger's time may lie further from ours than a signed number reaches.
  const auto theirs = static_cast<std::uint64_t>(timestamp_ms);
  const auto ours = static_cast<std::uint64_t>(now.wall_ms);
  const std::uint64_t apart = timestamp_ms > now.wall_ms ? theirs - ours : ours - theirs;
  const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(options_.freshness);
  return apart <= static_cast<std::uint64_t>(most.count());
}

std::vector<PeerId> Gossip::targets(const Header& header, const PeerId& neighbor,
                                    std::span<const PeerId> neighbors) {
  std::vector<PeerId> targets;
  // Whoever sends it takes one away, and nothing is sent with none left (5.2, step 10).
  if (header.ttl <= 1) return targets;
  targets.reserve(neighbors.size());
  for (const PeerId& peer : neighbors) {
    if (peer == neighbor || contains(header.path, peer)) continue;
    targets.push_back(peer);
  }
  return targets;
}

void Gossip::handle_timeout(Now now) {
  seen_.expire(now.monotonic);
  verified_seen_.expire(now.monotonic);
}

Instant Gossip::next_timeout() const {
  const Instant oldest = std::min(seen_.next_timeout(), verified_seen_.next_timeout());
  return oldest > Instant::max() - sweep_interval ? Instant::max() : oldest + sweep_interval;
}

}  // namespace pigeon::gossip
