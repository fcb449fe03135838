#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"

namespace pigeon::routing {

struct RoutingOptions {
  /// Ways back to senders that are remembered; the one unused for longest is forgotten first.
  std::size_t route_count_max = 4'096;
  /// How long an unused way is trusted.
  Duration route_time_max = 10min;
  /// Own messages that wait for their confirmation; one more is refused.
  std::size_t pending_count_max = 1'024;
  std::size_t pending_bytes_max = std::size_t{4} << 20U;
  /// Waits before the second and the third attempt, and before giving up, counted from one to the
  /// next.
  Duration retry_first = 1s;
  Duration retry_second = 2s;
  Duration give_up = 5s;
  /// Spreads of last resort a second, and at once; at a dead end beyond that a message is dropped.
  std::uint32_t spreads_per_second = 20;
  std::uint32_t spreads_burst = 40;
};

/// Where a direct message goes next.
struct NextHops {
  /// Empty: nowhere.
  std::vector<PeerId> peers;
  /// Every neighbor in `peers` gets it as a spread: no way was known.
  bool spreads = false;
  /// No link led nearer to the target.
  bool is_dead_end = false;
};

/// A message of ours that has to be sent again.
struct Retry {
  MessageId id;
  PeerId to;
  /// As it was sent first.
  std::string text;
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

  /// `sender`'s message has come in over `neighbor`: a way to it.
  void learn(const PeerId& sender, const PeerId& neighbor, Now now);
  /// The link is gone, and every way over it.
  void forget_neighbor(const PeerId& neighbor);

  /// Where to pass a message on that is neither for us nor from us. `neighbor` is where it came
  /// from and `path` where it has been; neither is a next hop. A message that spreads goes to every
  /// other neighbor.
  NextHops next_hops(const PeerId& to, const PeerId& neighbor, std::span<const PeerId> path,
                     bool spreads, std::span<const PeerId> neighbors, Now now);

  /// Where a message of ours goes first. With `wants_ack` it is kept until `confirm` or `GivenUp`;
  /// nothing if there is no room for that.
  std::optional<NextHops> send(const MessageId& id, const PeerId& to, std::string text,
                               bool wants_ack, std::span<const PeerId> neighbors, Now now);
  /// True if the message was waiting for this, and came from its target.
  bool confirm(const MessageId& id, const PeerId& from);

  /// The next message that is due to be sent again or given up; call until both are empty.
  struct Due {
    std::vector<Retry> retries;
    std::vector<GivenUp> given_up;
  };
  Due handle_timeout(std::span<const PeerId> neighbors, Now now);
  Instant next_timeout() const;
  std::size_t pending_count() const;
};

}  // namespace pigeon::routing
