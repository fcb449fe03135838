#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/keyed_hash.hpp"
#include "base/lru_set.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"

namespace pigeon::gossip {

struct GossipOptions {
  /// Ids remembered to suppress duplicates, of verified messages and of others each; the oldest is
  /// forgotten first.
  std::size_t seen_count_max = 65'536;
  /// How long an id is remembered, up to half a minute longer; more than twice `freshness`, so that
  /// nothing verified that is still fresh can be played again, even if it came with a time in our
  /// future, as long as no more than `seen_count_max` others are verified meanwhile.
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
  /// It is known who wrote it. Such messages are remembered apart from others, which anybody can
  /// make up: these neither shut the true one out nor make us forget it.
  bool is_verified = false;
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
  /// The path does not begin with the sender, does not end with the neighbor that passed it on, or
  /// goes through a peer twice. Every version of upstream keeps to this. Only the originator itself
  /// may leave the path out.
  misrouted,
};

/// The id by which the spread copy of a direct message is remembered: to be given instead of the
/// message's own to `inspect` and `admit`, the same for both, so that nodes which have seen the
/// greedy copy pass the spread on all the same. It changes every one and a half seconds, less than
/// lies between a sender's attempts, so that another attempt passes again. A node that makes a
/// spread of a greedy message admits both ids. The target hands the message to its application only
/// if it also admits the own id, because both copies may arrive. No message can be made up whose
/// spread shuts another one out: the id is a hash.
MessageId spread_id(const MessageId& id, Now now);

/// Sees to it that every message is handled once, and says where it goes on.
class Gossip {
 public:
  Gossip(PeerId self, const GossipOptions& options, Random random);

  /// Whether to go on with a message that `neighbor` has sent. Remembers nothing, so that a forged
  /// message does not keep the true one out. Looks at the id first: most messages are duplicates.
  Verdict inspect(const Header& header, const PeerId& neighbor) const;
  /// Remembers the message; false if another copy was faster.
  bool admit(const MessageId& id, bool is_verified, Now now);
  /// Whether the time of a signed message is near enough to ours.
  bool is_fresh(std::int64_t timestamp_ms, Now now) const;
  /// The neighbors that a message goes on to, in their order: none if its ttl is used up by then,
  /// else all but the one it came from and those on its path. For a message of ours `neighbor` is
  /// our own id.
  static std::vector<PeerId> targets(const Header& header, const PeerId& neighbor,
                                     std::span<const PeerId> neighbors);

  /// Forgets what is too old.
  void handle_timeout(Now now);
  /// `Instant::max()` if nothing is remembered. Old ids are forgotten some at a time, so that a
  /// steady stream of messages does not make as many timeouts.
  Instant next_timeout() const;
  /// Ids remembered.
  std::size_t seen_count() const { return seen_.size() + verified_seen_.size(); }

 private:
  using Seen = LruSet<MessageId, KeyedHash>;

  PeerId self_;
  GossipOptions options_;
  Seen seen_;
  Seen verified_seen_;
};

}  // namespace pigeon::gossip
