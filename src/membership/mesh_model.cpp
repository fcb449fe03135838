#include "membership/mesh_model.hpp"

#include <algorithm>
#include <numeric>

namespace pigeon::membership {

namespace {

constexpr Duration way = 50ms;
/// The hub tells the smaller id so much later.
constexpr Duration second_notice = 3s;

MembershipOptions upstream_options() {
  MembershipOptions options;
  options.links_max = 3;
  options.reserved = 0;
  options.random_links = 0;
  options.evicts = false;
  return options;
}

}  // namespace

MeshModel::MeshModel(const Settings& settings)
    : settings_(settings), random_(Random::from_number(settings.seed)) {
  for (std::size_t i = 0; i < settings.count; ++i) {
    const auto id = random_.id<PeerId>();
    const bool is_ours = i % settings.upstream_every != settings.upstream_every - 1;
    Membership membership(id, is_ours ? settings.options : upstream_options(), random_.split());
    nodes_.push_back({.id = id, .is_ours = is_ours, .membership = std::move(membership)});
    index_.emplace(id, i);
    later(settings.join_gap * static_cast<std::int64_t>(i), {.kind = Event::Kind::join, .node = i});
  }
}

void MeshModel::pass(Duration time) {
  const Instant end = now_.monotonic + time;
  while (agenda_.next() <= end) {
    now_.monotonic = std::max(now_.monotonic, agenda_.next());
    take(*agenda_.pop_due(now_.monotonic));
  }
  now_.monotonic = end;
}

void MeshModel::crash(std::size_t node, Duration notice) {
  nodes_[node].is_alive = false;
  for (const auto& [other, attempt] : nodes_[node].attempts) {
    later(notice, {Event::Kind::closed, other, node, attempt, LossReason::lost});
  }
  nodes_[node].attempts.clear();
}

void MeshModel::take(const Event& event) {
  Node& node = nodes_[event.node];
  if (!node.is_alive) return;
  switch (event.kind) {
    case Event::Kind::join:
      return join(event.node);
    case Event::Kind::review:
      return review(event.node);
    case Event::Kind::told:
      node.membership.discover({nodes_[event.other].id, 0}, nodes_[event.other].is_ours, now_);
      break;
    case Event::Kind::wake:
      if (node.wake_at > now_.monotonic) return;
      node.wake_at = Instant::max();
      break;
    case Event::Kind::offer:
      receive_offer(event);
      break;
    case Event::Kind::opened:
      return open(event);
    case Event::Kind::refused:
    case Event::Kind::closed:
      return drop(event.node, event.other, event.attempt, event.reason);
  }
  act(event.node);
}

void MeshModel::join(std::size_t node) {
  std::map<std::size_t, std::vector<std::size_t>> buckets;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].is_joined || !nodes_[i].is_alive) continue;
    buckets[common_prefix_bits(nodes_[node].id, nodes_[i].id)].push_back(i);
    all.push_back(i);
  }
  nodes_[node].is_joined = true;
  std::vector<std::size_t> chosen;
  const auto choose = [&](std::size_t one) {
    if (std::find(chosen.begin(), chosen.end(), one) == chosen.end()) chosen.push_back(one);
  };
  random_.shuffle<std::size_t>(all);
  for (std::size_t i = 0; i < std::min(settings_.by_chance, all.size()); ++i) choose(all[i]);
  for (auto& [bucket, members] : buckets) random_.shuffle<std::size_t>(members);
  for (std::size_t round = 0; round < all.size(); ++round) {
    for (auto& [bucket, members] : buckets) {
      if (round >= members.size()) continue;
      if (chosen.size() < settings_.by_chance + settings_.by_distance) choose(members[round]);
    }
  }
  for (const std::size_t other : chosen) introduce(node, other);
  later(4s, {.kind = Event::Kind::review, .node = node});
}

// The real hub looks after peers with less than two links, at growing intervals.
void MeshModel::review(std::size_t node) {
  if (nodes_[node].membership.linked_count() < 2) {
    for (int i = 0; i < 2; ++i) {
      const auto other = static_cast<std::size_t>(random_.below(nodes_.size()));
      if (other != node && nodes_[other].is_joined && nodes_[other].is_alive) {
        introduce(node, other);
      }
    }
  }
  if (nodes_[node].reviews < 6) ++nodes_[node].reviews;
  later(4s * (1U << nodes_[node].reviews), {.kind = Event::Kind::review, .node = node});
}

void MeshModel::introduce(std::size_t a, std::size_t b) {
  if (nodes_[a].id < nodes_[b].id) std::swap(a, b);
  later(way, {.kind = Event::Kind::told, .node = a, .other = b});
  later(way + second_notice, {.kind = Event::Kind::told, .node = b, .other = a});
}

void MeshModel::receive_offer(const Event& event) {
  Node& node = nodes_[event.node];
  const Node& caller = nodes_[event.other];
  if (!holds(event.other, event.node, event.attempt)) return;
  const Event refusal{Event::Kind::refused, event.other, event.node, event.attempt,
                      LossReason::failed};
  if (!node.is_ours && caller.id < node.id) {
    ++counts_.refusals;
    return later(way, refusal);
  }
  const OfferDecision decision = node.membership.judge_offer({caller.id, 0}, caller.is_ours, now_);
  if (decision.victim) {
    ++counts_.evictions;
    close(event.node, index_.at(*decision.victim));
  }
  if (decision.verdict == OfferVerdict::ignore) return;
  if (decision.verdict == OfferVerdict::reject_full) {
    ++counts_.refusals;
    return later(way, refusal);
  }
  if (node.attempts.contains(event.other)) close(event.node, event.other);
  node.attempts[event.other] = event.attempt;
  later(2 * way, {Event::Kind::opened, event.node, event.other, event.attempt, LossReason::failed});
}

void MeshModel::open(const Event& event) {
  const bool is_agreed = holds(event.node, event.other, event.attempt) &&
                         holds(event.other, event.node, event.attempt);
  if (!is_agreed) {
    drop(event.node, event.other, event.attempt, LossReason::failed);
    return drop(event.other, event.node, event.attempt, LossReason::failed);
  }
  ++counts_.opened;
  nodes_[event.node].membership.link_opened(nodes_[event.other].id, now_);
  nodes_[event.other].membership.link_opened(nodes_[event.node].id, now_);
  name_neighbors(event.node, event.other);
  name_neighbors(event.other, event.node);
  act(event.node);
  act(event.other);
}

void MeshModel::name_neighbors(std::size_t node, std::size_t to) {
  if (!nodes_[node].is_ours || !nodes_[to].is_ours) return;
  const auto named = nodes_[node].membership.neighbors_near(nodes_[to].id, settings_.by_neighbors);
  for (const wire::SpelledId& other : named) {
    later(way, {.kind = Event::Kind::told, .node = to, .other = index_.at(other.id)});
  }
}

void MeshModel::drop(std::size_t node, std::size_t other, Attempt attempt, LossReason reason) {
  if (!holds(node, other, attempt)) return;
  nodes_[node].attempts.erase(other);
  nodes_[node].membership.link_lost(nodes_[other].id, reason, now_);
  act(node);
}

// One side ends it; the other hears of it if it still means the same link.
void MeshModel::close(std::size_t node, std::size_t other) {
  const Attempt attempt = nodes_[node].attempts.at(other);
  nodes_[node].attempts.erase(other);
  later(way, {Event::Kind::closed, other, node, attempt, LossReason::evicted});
}

void MeshModel::act(std::size_t index) {
  Node& node = nodes_[index];
  for (const Action& action : node.membership.take_actions(now_)) {
    if (const auto* dial = std::get_if<Dial>(&action)) {
      const std::size_t other = index_.at(dial->peer);
      ++counts_.dials;
      note(index * nodes_.size() + other);
      const Attempt attempt = next_attempt_++;
      node.attempts[other] = attempt;
      const bool is_held_back = !node.is_ours && node.id < nodes_[other].id;
      const auto kind = is_held_back ? Event::Kind::refused : Event::Kind::offer;
      later(way, {kind, is_held_back ? index : other, is_held_back ? other : index, attempt,
                  LossReason::failed});
    } else {
      const std::size_t other = index_.at(std::get<Evict>(action).peer);
      ++counts_.evictions;
      note(~(index * nodes_.size() + other));
      close(index, other);
    }
  }
  const Instant next = node.membership.next_timeout();
  if (next < node.wake_at) {
    node.wake_at = next;
    agenda_.schedule(std::max(next, now_.monotonic), {.kind = Event::Kind::wake, .node = index});
  }
}

bool MeshModel::holds(std::size_t node, std::size_t other, Attempt attempt) const {
  const auto found = nodes_[node].attempts.find(other);
  return nodes_[node].is_alive && found != nodes_[node].attempts.end() && found->second == attempt;
}

// FNV-1a: equal histories, and in practice only those, have equal numbers.
void MeshModel::note(std::uint64_t what) {
  history_ =
      (history_ ^ what ^ static_cast<std::uint64_t>(now_.monotonic.time_since_epoch().count())) *
      0x100000001b3U;
}

std::size_t MeshModel::largest_part() const {
  std::vector<std::size_t> part(nodes_.size());
  std::iota(part.begin(), part.end(), 0);
  const auto root = [&](std::size_t node) {
    while (part[node] != node) node = part[node] = part[part[node]];
    return node;
  };
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (const auto& [other, attempt] : nodes_[i].attempts) {
      const auto peer = nodes_[i].membership.find(nodes_[other].id);
      if (peer && peer->state == Membership::State::linked) part[root(i)] = root(other);
    }
  }
  std::map<std::size_t, std::size_t> sizes;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].is_alive) largest = std::max(largest, ++sizes[root(i)]);
  }
  return largest;
}

bool MeshModel::is_consistent() const {
  for (const Node& node : nodes_) {
    if (!node.is_alive) continue;
    if (node.attempts.size() != node.membership.occupied_count()) return false;
    if (node.membership.occupied_count() > node.membership.links_max()) return false;
    for (const auto& [other, attempt] : node.attempts) {
      const auto there = nodes_[other].membership.find(node.id);
      const auto here = node.membership.find(nodes_[other].id);
      if (!here || here->state == Membership::State::discovered) return false;
      if (here->state != Membership::State::linked) continue;
      if (!there || there->state != Membership::State::linked) return false;
    }
  }
  return true;
}

std::size_t MeshModel::closest_hop(std::size_t at, std::size_t target) const {
  std::size_t next = at;
  for (const auto& [other, attempt] : nodes_[at].attempts) {
    const auto peer = nodes_[at].membership.find(nodes_[other].id);
    if (!nodes_[other].is_ours || peer->state != Membership::State::linked) continue;
    if (distance(nodes_[other].id, nodes_[target].id) <
        distance(nodes_[next].id, nodes_[target].id)) {
      next = other;
    }
  }
  return next;
}

MeshModel::Routing MeshModel::route(std::size_t pair_count, Random random) const {
  const auto draw = [&] {
    for (;;) {
      const auto node = static_cast<std::size_t>(random.below(nodes_.size()));
      if (nodes_[node].is_ours && nodes_[node].is_alive) return node;
    }
  };
  Routing routing;
  while (routing.tried < pair_count) {
    std::size_t at = draw();
    const std::size_t target = draw();
    if (at == target) continue;
    ++routing.tried;
    std::size_t hops = 0;
    for (bool moves = true; moves && at != target;) {
      const std::size_t next = closest_hop(at, target);
      moves = next != at;
      at = next;
      ++hops;
    }
    if (at != target) continue;
    ++routing.arrived;
    routing.hops += hops;
  }
  return routing;
}

}  // namespace pigeon::membership
