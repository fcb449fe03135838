#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"

namespace pigeon::gossip {

struct GossipOptions {
  /// Ids remembered to suppress duplicates; the oldest is forgotten first.
  std::size_t seen_count_max = 65'536;
  /// How long an id is remembered; must exceed `freshness`, so that nothing that is still fresh can
  /// be played again.
  Duration seen_retention = 15min;
  /// How far the time in a signed message may be from ours.
  Duration freshness = 5min;
};

/// What the rules look at in a message.
struct Header {
  MessageId id;
  PeerId from;
  std::uint32_t ttl = 0;
  std::span<const PeerId> path;
};

/// What is to be done with a message (PeerPigeon protocol, 5.2).
enum class Verdict : std::uint8_t {
  take,
  /// Seen before.
  duplicate,
  /// Its ttl is used up.
  expired,
  /// It has been through here, or comes from us.
  looped,
  /// The path does not begin with the sender or end with the neighbor that passed it on.
  misrouted,
};

/// Sees to it that every message is handled once, and says where it goes on.
class Gossip {
 public:
  Gossip(PeerId self, const GossipOptions& options, Random random);

  /// Whether to go on with a message that `neighbor` has sent. Remembers nothing, so that a forged
  /// message does not keep the true one out.
  Verdict inspect(const Header& header, const PeerId& neighbor) const;
  /// Remembers the message; false if another copy was faster.
  bool admit(const MessageId& id, Now now);
  /// Whether the time of a signed message is near enough to ours.
  bool is_fresh(std::int64_t timestamp_ms, Now now) const;
  /// The neighbors that a message goes on to: none if its ttl is used up by then, else all but the
  /// one it came from and those on its path.
  std::vector<PeerId> targets(const Header& header, const PeerId& neighbor,
                              std::span<const PeerId> neighbors) const;

  /// Forgets what is too old.
  void handle_timeout(Now now);
  Instant next_timeout() const;
  std::size_t seen_count() const;
};

}  // namespace pigeon::gossip
