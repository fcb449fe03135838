#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/agenda.hpp"
#include "base/peer_id.hpp"
#include "base/random.hpp"
#include "membership/membership.hpp"

namespace pigeon::membership {

/// For tests: many `Membership` objects and nothing else of a peer. Calls, answers, rejections and
/// the end of links reach the other side after a fixed time; no messages, no connections. A hub
/// introduces as the real one does: a newcomer to one peer of each bucket in turn and to some by
/// chance, the greater id hearing first, and again to others while it has too few links.
class MeshModel {
 public:
  struct Settings {
    std::size_t count = 300;
    /// One of so many imitates upstream: three links, not capable, calls smaller ids only and
    /// refuses theirs.
    std::size_t upstream_every = 10;
    std::size_t by_distance = 20;
    std::size_t by_chance = 4;
    /// Neighbors of ours nearest to the other that each side names when a link of ours opens.
    std::size_t by_neighbors = 0;
    Duration join_gap = 30ms;
    std::uint64_t seed = 1;
    /// For peers of ours.
    MembershipOptions options;
  };
  struct Counts {
    std::size_t dials = 0;
    std::size_t evictions = 0;
    std::size_t refusals = 0;
    std::size_t opened = 0;
  };
  struct Routing {
    std::size_t tried = 0;
    std::size_t arrived = 0;
    std::size_t hops = 0;
  };

  explicit MeshModel(const Settings& settings);

  void pass(Duration time);
  /// The peer breaks down: its links end on the other sides after `notice`.
  void crash(std::size_t node, Duration notice);

  std::size_t size() const { return nodes_.size(); }
  const PeerId& id(std::size_t node) const { return nodes_[node].id; }
  bool is_ours(std::size_t node) const { return nodes_[node].is_ours; }
  bool is_alive(std::size_t node) const { return nodes_[node].is_alive; }
  const Membership& at(std::size_t node) const { return nodes_[node].membership; }
  const Counts& counts() const { return counts_; }
  /// Number of peers in the largest part of the mesh that is connected by links.
  std::size_t largest_part() const;
  /// Whether each link is open at both ends.
  bool is_consistent() const;
  /// Sends along the links of our peers, each time to the neighbor nearest to the target, as long
  /// as that leads nearer, between pairs drawn at random.
  Routing route(std::size_t pair_count, Random random) const;
  /// Everything that was dialed and evicted, in its order.
  std::uint64_t history() const { return history_; }

 private:
  using Attempt = std::uint64_t;
  struct Node {
    PeerId id;
    bool is_ours = true;
    bool is_joined = false;
    bool is_alive = true;
    unsigned reviews = 0;
    Membership membership;
    std::map<std::size_t, Attempt> attempts;
    Instant wake_at = Instant::max();
  };
  struct Event {
    enum class Kind { join, review, told, wake, offer, opened, refused, closed };
    Kind kind{};
    /// At whom it happens.
    std::size_t node = 0;
    /// About whom.
    std::size_t other = 0;
    Attempt attempt = 0;
    LossReason reason = LossReason::lost;
  };

  void take(const Event& event);
  void join(std::size_t node);
  void review(std::size_t node);
  void introduce(std::size_t a, std::size_t b);
  void receive_offer(const Event& event);
  void open(const Event& event);
  void name_neighbors(std::size_t node, std::size_t to);
  void drop(std::size_t node, std::size_t other, Attempt attempt, LossReason reason);
  void close(std::size_t node, std::size_t other);
  void act(std::size_t index);
  /// Of a node and those it is linked to, the one nearest to the target.
  std::size_t closest_hop(std::size_t at, std::size_t target) const;
  bool holds(std::size_t node, std::size_t other, Attempt attempt) const;
  void later(Duration delay, const Event& event) {
    agenda_.schedule(now_.monotonic + delay, event);
  }
  void note(std::uint64_t what);

  Settings settings_;
  Random random_;
  std::vector<Node> nodes_;
  std::map<PeerId, std::size_t> index_;
  Agenda<Event> agenda_;
  Now now_;
  Attempt next_attempt_ = 1;
  Counts counts_;
  std::uint64_t history_ = 0;
};

}  // namespace pigeon::membership
