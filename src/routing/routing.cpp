#include "routing/routing.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/peer_id.hpp"

namespace pigeon::routing {
namespace {

/// The first over the best way, the second over another link, the third as a spread.
constexpr std::uint32_t attempts_max = 3;

TokenRate spread_rate(const RoutingOptions& options) {
  return {.per_minute = 60 * options.spreads_per_second, .burst = options.spreads_burst};
}

std::vector<PeerId> without(std::span<const PeerId> peers, std::span<const PeerId> unwanted) {
  std::vector<PeerId> rest;
  rest.reserve(peers.size());
  std::copy_if(peers.begin(), peers.end(), std::back_inserter(rest),
               [&](const PeerId& peer) { return !contains(unwanted, peer); });
  return rest;
}

std::optional<PeerId> only_link(const NextHops& hops) {
  if (hops.peers.size() != 1) return std::nullopt;
  return hops.peers.front();
}

}  // namespace

Routing::Routing(PeerId self, const RoutingOptions& options, Random random)
    : self_(self),
      options_(options),
      routes_({.count_max = options.route_count_max, .time_to_live = options.route_time_max},
              KeyedHash(random)),
      pending_(options.pending_count_max, options.pending_bytes_max),
      own_spreads_(spread_rate(options)),
      relayed_spreads_(spread_rate(options)) {
  PIGEON_ASSERT(options.retry_first > Duration::zero());
  PIGEON_ASSERT(options.retry_second > Duration::zero());
  PIGEON_ASSERT(options.give_up > Duration::zero());
}

void Routing::learn(const PeerId& sender, const PeerId& neighbor, Now now) {
  routes_.expire(now.monotonic);
  if (sender == neighbor || sender == self_) return;
  routes_.insert(sender, neighbor, now.monotonic);
}

void Routing::forget_neighbor(const PeerId& neighbor) {
  std::vector<PeerId> senders;
  for (const auto& [sender, link] : std::as_const(routes_)) {
    if (link == neighbor) senders.push_back(sender);
  }
  for (const PeerId& sender : senders) routes_.erase(sender);
  pending_.hasten(neighbor);
}

NextHops Routing::next_hops(const PeerId& to, const PeerId& neighbor, std::span<const PeerId> path,
                            bool spreads, std::span<const PeerId> neighbors, Now now) {
  std::vector<PeerId> allowed = without(neighbors, path);
  std::erase(allowed, neighbor);
  NextHops hops = one_way(to, allowed, now);
  hops.spreads = spreads;
  const bool is_wanted = spreads ? !contains(hops.peers, to) : hops.is_dead_end;
  if (!is_wanted || allowed.empty() || !relayed_spreads_.take(now.monotonic)) return hops;
  hops.spreads = true;
  hops.peers = std::move(allowed);
  return hops;
}

std::optional<NextHops> Routing::send(const MessageId& id, const PeerId& to, std::string text,
                                      bool wants_ack, std::span<const PeerId> neighbors, Now now) {
  if (wants_ack && !pending_.has_room(text.size())) return std::nullopt;
  NextHops hops = one_way(to, neighbors, now);
  if (hops.is_dead_end) spread_over(neighbors, now, hops);
  if (wants_ack) {
    pending_.add(
        {.id = id, .to = to, .text = std::move(text), .attempts = 1, .link = only_link(hops)},
        now.monotonic, options_.retry_first);
  }
  return hops;
}

NextHops Routing::spread(const PeerId& to, std::span<const PeerId> neighbors, Now now) {
  NextHops hops = one_way(to, neighbors, now);
  if (!contains(neighbors, to)) spread_over(neighbors, now, hops);
  return hops;
}

bool Routing::confirm(const MessageId& id, const PeerId& from) { return pending_.remove(id, from); }

std::vector<Retry> Routing::expect_nothing(const PeerId& neighbor) {
  std::vector<Retry> retries;
  for (PendingMessage& message : pending_.take_all(neighbor)) {
    if (message.link == neighbor) continue;
    retries.push_back({.id = message.id,
                       .to = neighbor,
                       .text = std::move(message.text),
                       .hops = {.peers = {neighbor}}});
  }
  return retries;
}

Routing::Due Routing::handle_timeout(std::span<const PeerId> neighbors, Now now) {
  Due due;
  while (std::optional<PendingMessage> message = pending_.take_due(now.monotonic)) {
    if (message->attempts < attempts_max) {
      attempt_again(std::move(*message), neighbors, now, due);
    } else {
      due.given_up.push_back({.id = message->id, .to = message->to});
    }
  }
  return due;
}

void Routing::attempt_again(PendingMessage message, std::span<const PeerId> neighbors, Now now,
                            Due& due) {
  forget_failed_route(message);
  NextHops hops = hops_again(message, neighbors, now);
  ++message.attempts;
  const bool is_last = message.attempts == attempts_max;
  // Nothing follows the last attempt, so nothing is gained by knowing its link.
  message.link = is_last ? std::nullopt : only_link(hops);
  if (!hops.peers.empty()) {
    due.retries.push_back(
        {.id = message.id, .to = message.to, .text = message.text, .hops = std::move(hops)});
  }
  pending_.add(std::move(message), now.monotonic,
               is_last ? options_.give_up : options_.retry_second);
}

NextHops Routing::hops_again(const PendingMessage& message, std::span<const PeerId> neighbors,
                             Now now) {
  std::vector<PeerId> allowed(neighbors.begin(), neighbors.end());
  if (message.link && allowed.size() > 1) std::erase(allowed, *message.link);
  NextHops hops = one_way(message.to, allowed, now);
  if (message.attempts + 1 == attempts_max) spread_over(neighbors, now, hops);
  return hops;
}

void Routing::spread_over(std::span<const PeerId> neighbors, Now now, NextHops& hops) {
  if (neighbors.empty() || !own_spreads_.take(now.monotonic)) return;
  hops.spreads = true;
  hops.peers.assign(neighbors.begin(), neighbors.end());
}

NextHops Routing::one_way(const PeerId& to, std::span<const PeerId> allowed, Now now) {
  if (contains(allowed, to)) return {.peers = {to}};
  if (const std::optional<PeerId> route = route_to(to, allowed, now)) return {.peers = {*route}};
  const std::optional<PeerId> best = nearest(to, allowed);
  if (!best) return {.is_dead_end = true};
  return {.peers = {*best}, .is_dead_end = distance(*best, to) >= distance(self_, to)};
}

std::optional<PeerId> Routing::route_to(const PeerId& to, std::span<const PeerId> allowed,
                                        Now now) {
  routes_.expire(now.monotonic);
  const PeerId* link = routes_.find(to);
  if (link == nullptr || !contains(allowed, *link)) return std::nullopt;
  return *link;
}

void Routing::forget_failed_route(const PendingMessage& message) {
  const PeerId* link = routes_.find(message.to);
  if (link != nullptr && message.link == *link) routes_.erase(message.to);
}

}  // namespace pigeon::routing
