// Many nodes that route by `Routing` alone, on links that take 10 ms each: the rules that a node
// adds (every message once, ttl, path) are modeled here.

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/peer_id.hpp"
#include "routing/routing.hpp"

namespace pigeon::routing {
namespace {

constexpr std::size_t node_count = 200;
constexpr std::uint32_t ttl_at_first = 40;
constexpr Duration latency = 10ms;
/// A spread passes a node once in this time.
constexpr Duration spread_round = 1500ms;

struct Packet {
  MessageId id;
  PeerId from;
  PeerId to;
  std::uint32_t ttl = ttl_at_first;
  std::vector<PeerId> path;
  bool spreads = false;
  /// The message that this one confirms.
  std::optional<MessageId> confirms;
};

enum class Conduct : std::uint8_t {
  honest,
  /// Takes what is for it, and passes nothing on.
  swallows,
  /// Passes on as upstream does: to the nearest other neighbor, nearer or not; knows no spreads.
  upstream,
};

struct Node {
  Node(const PeerId& self, Random random) : routing(self, {}, random) {}

  Routing routing;
  std::vector<PeerId> neighbors;
  Conduct conduct = Conduct::honest;
  /// Ids seen; those of spreads with the round in which they were seen, others with none.
  std::set<std::pair<MessageId, std::int64_t>> seen;
};

class Mesh {
 public:
  explicit Mesh(std::uint64_t seed) : random_(Random::from_number(seed)) {
    while (nodes_.size() < node_count) {
      const auto id = random_.id<PeerId>();
      nodes_.try_emplace(id, id, random_.split());
      ids_.push_back(id);
    }
  }

  void link(const PeerId& a, const PeerId& b) {
    if (a == b || contains(nodes_.at(a).neighbors, b)) return;
    nodes_.at(a).neighbors.push_back(b);
    nodes_.at(b).neighbors.push_back(a);
    ++link_count_;
  }
  void link_at_random(std::size_t links_each) {
    for (const PeerId& id : ids_) {
      for (std::size_t i = 0; i < links_each; ++i) link(id, random_node());
    }
  }
  /// One link in each bucket of distance, begun with the largest, up to so many.
  void link_by_distance(std::size_t links_each) {
    for (const PeerId& id : ids_) {
      std::map<std::size_t, std::vector<PeerId>> buckets;
      for (const PeerId& other : ids_) {
        if (other != id) buckets[common_prefix_bits(id, other)].push_back(other);
      }
      std::size_t count = 0;
      for (const auto& [bits, peers] : buckets) {
        if (count++ < links_each) link(id, peers[random_.below(peers.size())]);
      }
    }
  }
  void set_conduct(std::size_t count, Conduct conduct) {
    for (std::size_t i = 0; i < count; ++i) nodes_.at(ids_[i]).conduct = conduct;
  }

  /// Sends a message from one node to another, and lets all that follows happen until it is
  /// confirmed or given up.
  void send(const PeerId& from, const PeerId& to) {
    const Packet packet{.id = random_.id<MessageId>(), .from = from, .to = to, .path = {from}};
    Node& node = nodes_.at(from);
    const auto hops = node.routing.send(packet.id, to, "text", true, node.neighbors, now());
    ASSERT_TRUE(hops.has_value());
    transmit(from, packet, *hops);
    run(from);
    now_ += 100ms;
  }

  bool is_reachable(const PeerId& from, const PeerId& to) const {
    std::set<PeerId> reached{from};
    std::vector<PeerId> front{from};
    while (!front.empty()) {
      const Node& node = nodes_.at(front.back());
      const bool passes_on = node.conduct == Conduct::honest || front.back() == from;
      front.pop_back();
      if (!passes_on) continue;
      for (const PeerId& peer : node.neighbors) {
        if (reached.insert(peer).second) front.push_back(peer);
      }
    }
    return reached.contains(to);
  }

  const PeerId& random_node() { return ids_[random_.below(ids_.size())]; }
  const PeerId& honest_node() {
    while (true) {
      const PeerId& id = random_node();
      if (nodes_.at(id).conduct == Conduct::honest) return id;
    }
  }
  std::size_t link_count() const { return link_count_; }

  // What has happened so far.
  std::size_t delivered = 0;
  std::size_t confirmed = 0;
  std::size_t given_up = 0;
  std::size_t repeated = 0;
  std::size_t dead_ends = 0;
  std::size_t sends = 0;

 private:
  struct Arrival {
    PeerId at;
    PeerId neighbor;
    Packet packet;
  };

  Now now() const { return {.monotonic = now_}; }

  std::int64_t this_round() const { return now_.time_since_epoch() / spread_round; }

  void transmit(const PeerId& self, const Packet& packet, const NextHops& hops) {
    if (hops.is_dead_end) ++dead_ends;
    for (const PeerId& peer : hops.peers) {
      Arrival arrival{peer, self, packet};
      arrival.packet.spreads = hops.spreads;
      arrivals_.emplace(now_ + latency, std::move(arrival));
      ++sends;
    }
  }

  /// Until nothing is under way and the sender waits for nothing.
  void run(const PeerId& sender) {
    const Routing& routing = nodes_.at(sender).routing;
    while (!arrivals_.empty() || routing.pending_count() != 0) {
      const Instant arrival = arrivals_.empty() ? Instant::max() : arrivals_.begin()->first;
      now_ = std::max(now_, std::min(arrival, routing.next_timeout()));
      if (arrival <= routing.next_timeout()) {
        receive(arrivals_.extract(arrivals_.begin()).mapped());
      } else {
        repeat(sender);
      }
    }
  }

  void repeat(const PeerId& self) {
    Node& node = nodes_.at(self);
    const Routing::Due due = node.routing.handle_timeout(node.neighbors, now());
    given_up += due.given_up.size();
    for (const Retry& retry : due.retries) {
      ++repeated;
      transmit(self, {.id = retry.id, .from = self, .to = retry.to, .path = {self}}, retry.hops);
    }
  }

  void receive(const Arrival& arrival) {
    Node& node = nodes_.at(arrival.at);
    Packet packet = arrival.packet;
    if (packet.from == arrival.at || contains(packet.path, arrival.at)) return;
    const bool knows_spreads = node.conduct != Conduct::upstream;
    const std::int64_t round = packet.spreads && knows_spreads ? this_round() : -1;
    const bool is_first = node.seen.emplace(packet.id, round).second;
    if (packet.to == arrival.at) return accept(arrival, is_first);
    if (!is_first || packet.ttl <= 1) return;
    node.routing.learn(packet.from, arrival.neighbor, now());
    const NextHops hops = pass_on(node, arrival);
    packet.path.push_back(arrival.at);
    --packet.ttl;
    transmit(arrival.at, packet, hops);
  }

  NextHops pass_on(Node& node, const Arrival& arrival) {
    const Packet& packet = arrival.packet;
    if (node.conduct == Conduct::swallows) return {};
    if (node.conduct == Conduct::honest) {
      return node.routing.next_hops(packet.to, arrival.neighbor, packet.path, packet.spreads,
                                    node.neighbors, now());
    }
    std::vector<PeerId> others = node.neighbors;
    std::erase(others, arrival.neighbor);
    NextHops hops{.spreads = packet.spreads};
    if (const auto best = nearest(packet.to, others)) hops.peers.push_back(*best);
    return hops;
  }

  /// A message that has arrived. If it comes both ways, greedy and as a spread, it is delivered
  /// once but confirmed again, because the first confirmation was lost.
  void accept(const Arrival& arrival, bool is_first) {
    Node& node = nodes_.at(arrival.at);
    const Packet& packet = arrival.packet;
    if (!is_first) return;
    node.routing.learn(packet.from, arrival.neighbor, now());
    if (packet.confirms) {
      if (node.routing.confirm(*packet.confirms, packet.from)) ++confirmed;
      return;
    }
    const bool is_again = !delivered_ids_.insert(packet.id).second;
    if (!is_again) ++delivered;
    const Packet ack{.id = random_.id<MessageId>(),
                     .from = arrival.at,
                     .to = packet.from,
                     .path = {arrival.at},
                     .confirms = packet.id};
    const auto hops = is_again
                          ? node.routing.spread(ack.to, node.neighbors, now())
                          : node.routing.send(ack.id, ack.to, "ack", false, node.neighbors, now());
    transmit(arrival.at, ack, hops.value_or(NextHops{}));
  }

  Random random_;
  Instant now_{};
  std::map<PeerId, Node> nodes_;
  std::vector<PeerId> ids_;
  std::multimap<Instant, Arrival> arrivals_;
  std::set<MessageId> delivered_ids_;
  std::size_t link_count_ = 0;
};

/// Sends messages between random nodes that can reach each other; all have to arrive.
void expect_all_confirmed(Mesh& mesh, std::size_t count, std::size_t sends_max) {
  std::size_t sent = 0;
  std::size_t most = 0;
  while (sent < count) {
    const PeerId& from = mesh.honest_node();
    const PeerId& to = mesh.honest_node();
    if (from == to || !mesh.is_reachable(from, to)) continue;
    const std::size_t before = mesh.sends;
    mesh.send(from, to);
    most = std::max(most, mesh.sends - before);
    ++sent;
  }
  EXPECT_EQ(mesh.delivered, count);
  EXPECT_EQ(mesh.confirmed, count);
  EXPECT_EQ(mesh.given_up, 0U);
  EXPECT_LE(mesh.sends, sends_max);
  // A spread takes every link twice at most. There is one of the message and one of its
  // confirmation for each attempt that comes to that, and seldom more than two do.
  EXPECT_LE(most, 4 * 2 * mesh.link_count());
}

TEST(RoutingModelTest, WithALinkInEveryBucketEveryMessageArrivesWithoutSpreads) {
  Mesh mesh(1);
  mesh.link_by_distance(16);

  expect_all_confirmed(mesh, 300, 300 * 12);

  EXPECT_EQ(mesh.dead_ends, 0U);
  EXPECT_EQ(mesh.repeated, 0U);
}

/// Expects the same of three meshes, in which more dead ends are met and more messages repeated
/// than said: otherwise the mesh has not been a difficult one.
template <class Build>
void expect_all_confirmed_in(Build build, std::size_t dead_ends_min, std::size_t repeated_min) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    Mesh mesh(seed);
    build(mesh);

    expect_all_confirmed(mesh, 200, 200 * 800);

    EXPECT_GE(mesh.dead_ends, dead_ends_min);
    EXPECT_GE(mesh.repeated, repeated_min);
  }
}

TEST(RoutingModelTest, EveryMessageArrivesAtDeadEndsToo) {
  expect_all_confirmed_in([](Mesh& mesh) { mesh.link_at_random(2); }, 1'000, 0);
}

TEST(RoutingModelTest, EveryMessageArrivesWithFewLinksByDistance) {
  expect_all_confirmed_in([](Mesh& mesh) { mesh.link_by_distance(2); }, 1'000, 0);
}

TEST(RoutingModelTest, EveryMessageArrivesAroundPeersThatSwallowIt) {
  const auto build = [](Mesh& mesh) {
    mesh.link_by_distance(6);
    mesh.set_conduct(node_count / 10, Conduct::swallows);
  };
  expect_all_confirmed_in(build, 100, 10);
}

TEST(RoutingModelTest, EveryMessageArrivesAmongPeersOfUpstream) {
  const auto build = [](Mesh& mesh) {
    mesh.link_by_distance(6);
    mesh.set_conduct(node_count / 3, Conduct::upstream);
  };
  expect_all_confirmed_in(build, 100, 1);
}

}  // namespace
}  // namespace pigeon::routing
