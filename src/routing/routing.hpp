#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/keyed_hash.hpp"
#include "base/lru_map.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"
#include "pigeon/id.hpp"
#include "routing/next_hops.hpp"
#include "routing/pending_messages.hpp"

namespace pigeon::routing {

struct RoutingOptions {
  /// Ways back to senders that are remembered; the one that was learned again longest ago is
  /// forgotten first.
  std::size_t route_count_max = 4'096;
  /// How long a way is trusted after the last message that came over it. Using it is no proof that
  /// it leads anywhere, and does not prolong this.
  Duration route_time_max = 10min;
  /// Own messages that wait for their confirmation; one more is refused.
  std::size_t pending_count_max = 1'024;
  std::size_t pending_bytes_max = std::size_t{4} << 20U;
  /// Waits before the second and the third attempt, and before giving up, counted from one to the
  /// next; more than zero.
  Duration retry_first = 1s;
  Duration retry_second = 2s;
  Duration give_up = 5s;
  /// Spreads of last resort a second, and at once: so many of our own messages and, counted apart,
  /// so many of other peers'. At a dead end beyond that a message goes to one neighbor only.
  std::uint32_t spreads_per_second = 20;
  std::uint32_t spreads_burst = 40;
};

/// A message of ours that has to be sent again.
struct Retry {
  MessageId id;
  PeerId to;
  /// As it was sent first, also if it is to spread now.
  std::string text;
  /// At least one.
  NextHops hops;
};
/// A message of ours that nobody has confirmed.
struct GivenUp {
  MessageId id;
  PeerId to;
};

/// Finds the way of direct messages: the target itself if it is a neighbor, else a way on which the
/// target's own messages have come, else the neighbor nearest to it if that is nearer than we are
/// (greedy, Maymounkov and Mazieres 2002), else every neighbor, within a rate. Repeats own messages
/// over other links until the target confirms.
class Routing {
 public:
  Routing(PeerId self, const RoutingOptions& options, Random random);

  /// `sender`'s message has come in over `neighbor`: a way to it. To be called for the first copy
  /// of a message only, so that a way is one on which the message was fastest.
  void learn(const PeerId& sender, const PeerId& neighbor, Now now);
  /// The link is gone, and every way over it. Own messages whose last attempt went over it are due
  /// at once, but not to be given up.
  void forget_neighbor(const PeerId& neighbor);
  /// Ways known.
  std::size_t route_count() const { return routes_.size(); }

  /// Where to pass a message on that is neither for us nor from us. `neighbor` is where it came
  /// from and `path` where it has been; neither is a next hop. A message that spreads goes to every
  /// other neighbor, or to the target alone if that is one. The caller checks the ttl.
  NextHops next_hops(const PeerId& to, const PeerId& neighbor, std::span<const PeerId> path,
                     bool spreads, std::span<const PeerId> neighbors, Now now);

  /// Where a message of ours goes first. With `wants_ack` it is kept until `confirm` or `GivenUp`,
  /// also if there is no neighbor to send it to; nothing if there is no room for that. The id is
  /// not that of a message that is kept already.
  std::optional<NextHops> send(const MessageId& id, const PeerId& to, std::string text,
                               bool wants_ack, std::span<const PeerId> neighbors, Now now);
  /// Where a message of ours goes that is to reach its target at any price: to every neighbor, if
  /// the rate of spreads allows, else the best way; to the target alone if that is a neighbor. For
  /// a confirmation that has been sent before: a second copy has come because the first
  /// confirmation was lost on its way.
  NextHops spread(const PeerId& to, std::span<const PeerId> neighbors, Now now);
  /// True if the message was waiting for this, and `from` is its target. Whether `from` is proven
  /// is for the caller to know.
  bool confirm(const MessageId& id, const PeerId& from);
  /// The neighbor turns out to confirm nothing, so its messages wait no longer and are not given
  /// up either. Those that were not sent to it itself last are to be sent to it now.
  std::vector<Retry> expect_nothing(const PeerId& neighbor);

  /// What `handle_timeout` found to be due. Without a neighbor to send it to, an attempt passes
  /// without a retry.
  struct Due {
    std::vector<Retry> retries;
    std::vector<GivenUp> given_up;
  };
  /// Own messages that are due to be sent again or given up, in the order of their deadlines.
  Due handle_timeout(std::span<const PeerId> neighbors, Now now);
  /// `Instant::max()` if no message of ours waits.
  Instant next_timeout() const { return pending_.next_timeout(); }
  /// Own messages that wait for their confirmation.
  std::size_t pending_count() const { return pending_.size(); }

 private:
  /// The best way over one of the `allowed` neighbors. At a dead end that is the nearest of them,
  /// although it lies no nearer to the target than we do.
  NextHops one_way(const PeerId& to, std::span<const PeerId> allowed, Now now);
  /// Makes a message of ours a spread, if the rate allows.
  void spread_over(std::span<const PeerId> neighbors, Now now, NextHops& hops);
  std::optional<PeerId> route_to(const PeerId& to, std::span<const PeerId> allowed, Now now);
  void forget_failed_route(const PendingMessage& message);
  NextHops hops_again(const PendingMessage& message, std::span<const PeerId> neighbors, Now now);
  void attempt_again(PendingMessage message, std::span<const PeerId> neighbors, Now now, Due& due);

  PeerId self_;
  RoutingOptions options_;
  LruMap<PeerId, PeerId, KeyedHash> routes_;
  PendingMessages pending_;
  TokenBucket own_spreads_;
  TokenBucket relayed_spreads_;
};

}  // namespace pigeon::routing
