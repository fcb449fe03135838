// How what a link carries gets to the other side, or does not.

#include <algorithm>
#include <utility>

#include "sim/world/link_network.hpp"

namespace pigeon::sim {

void LinkNetwork::set_group(OwnerId owner, int group) { at(owner).group = group; }

void LinkNetwork::regroup() {
  std::vector<Token> reachable;
  for (auto& [token, end] : ends_) {
    if (!end.is_open) continue;
    if (can_reach(end.owner, end.other)) {
      reachable.push_back(token);
      continue;
    }
    fail_dead_path(token, "ICE disconnected");
  }
  for (const Token token : reachable) {
    note_silence(token, false);
    release(token);
  }
}

// A path may come back to life before its end is noticed.
void LinkNetwork::fail_dead_path(Token token, std::string_view reason) {
  scheduler_.after(conditions_.silence_notice, [this, token] {
    const End* end = find(token);
    if (end != nullptr && is_dead(*end)) note_silence(token, true);
  });
  scheduler_.after(conditions_.loss_notice, [this, token, reason] {
    const End* end = find(token);
    if (end != nullptr && is_dead(*end)) fail(token, reason);
  });
}

void LinkNetwork::note_silence(Token token, bool is_silent) {
  End* end = find(token);
  if (end == nullptr || std::exchange(end->is_silent, is_silent) == is_silent) return;
  tell(end->owner, node::LinkSilent{end->link, is_silent});
}

bool LinkNetwork::is_dead(const End& end) const {
  return end.is_broken || find(*end.remote) == nullptr || !can_reach(end.owner, end.other);
}

void LinkNetwork::set_reading(OwnerId owner, bool is_reading) {
  at(owner).is_reading = is_reading;
  const auto links = at(owner).links;
  for (const auto& [link, token] : links) release(token);
}

void LinkNetwork::break_link(OwnerId owner, node::LinkId link) {
  const auto token = token_of(owner, link);
  End* end = token ? find(*token) : nullptr;
  if (end == nullptr || !end->is_open) return;
  end->is_broken = true;
  fail_dead_path(*token, "ICE disconnected");
  if (End* other = find(*end->remote)) other->is_broken = true;
  fail_dead_path(*end->remote, "ICE disconnected");
}

bool LinkNetwork::can_reach(OwnerId a, OwnerId b) const { return at(a).group == at(b).group; }

bool LinkNetwork::is_let_through(const End& receiver) const {
  return !receiver.is_broken && at(receiver.owner).is_reading &&
         can_reach(receiver.owner, receiver.other);
}

void LinkNetwork::send(Token from, Packet packet) {
  End& end = *find(from);
  if (!end.is_open) return;
  const std::size_t size = packet.size();
  if (size > 0 && queued(end) + size > conditions_.send_buffer_max) {
    scheduler_.after(Duration::zero(), [this, from, lost = packet.kind == Packet::Kind::binary] {
      const End* full = find(from);
      if (full != nullptr) tell(full->owner, node::LinkOverflowed{full->link, 1, lost});
    });
    return;
  }
  ++message_count_;
  byte_count_ += size;
  carry(end, std::move(packet));
}

void LinkNetwork::carry(End& from, Packet packet) {
  const Instant now = scheduler_.now().monotonic;
  const std::size_t size = packet.size();
  from.free_at = std::max(from.free_at, now);
  if (conditions_.bandwidth > 0) {
    from.free_at += Duration(static_cast<std::int64_t>(size * 1'000'000U / conditions_.bandwidth));
  }
  if (from.free_at > now) {
    from.departures.emplace_back(from.free_at, size);
    from.waiting += size;
  }
  from.last_arrival = std::max(from.last_arrival, from.free_at + latency());
  scheduler_.after(from.last_arrival - now,
                   [this, to = *from.remote, carried = std::move(packet)]() mutable {
                     arrive(to, std::move(carried));
                   });
}

void LinkNetwork::arrive(Token to, Packet packet) {
  End* end = find(to);
  if (end == nullptr) return;
  if (end->held.empty() && is_let_through(*end)) {
    hand_over(to, packet);
    return;
  }
  end->held_bytes += packet.size();
  end->held.push_back(std::move(packet));
}

void LinkNetwork::hand_over(Token to, const Packet& packet) {
  const End& end = *find(to);
  switch (packet.kind) {
    case Packet::Kind::opened:
      tell(end.owner, node::LinkOpened{end.link});
      break;
    case Packet::Kind::text:
      tell(end.owner, node::LinkText{end.link, *packet.text});
      break;
    case Packet::Kind::binary:
      tell(end.owner, node::LinkBinary{end.link, *packet.data});
      break;
    case Packet::Kind::closed:
      fail(to, "data channel closed");
      break;
  }
}

// Handing over may close this end and change others.
void LinkNetwork::release(Token token) {
  for (End* end = find(token); end != nullptr && !end->held.empty() && is_let_through(*end);
       end = find(token)) {
    const Packet packet = std::move(end->held.front());
    end->held.pop_front();
    end->held_bytes -= packet.size();
    hand_over(token, packet);
  }
  const End* end = find(token);
  if (end != nullptr && end->is_open) check_drained(*end->remote);
}

std::size_t LinkNetwork::queued(End& end) {
  const Instant now = scheduler_.now().monotonic;
  while (!end.departures.empty() && end.departures.front().first <= now) {
    end.waiting -= end.departures.front().second;
    end.departures.pop_front();
  }
  const End* other = find(*end.remote);
  const std::size_t held = other == nullptr ? 0 : other->held_bytes;
  return end.waiting + (held > conditions_.receive_window ? held - conditions_.receive_window : 0);
}

void LinkNetwork::check_drained(Token token) {
  End* end = find(token);
  if (end == nullptr || !end->is_open || !end->drain_threshold) return;
  if (queued(*end) <= *end->drain_threshold) {
    end->drain_threshold.reset();
    tell(end->owner, node::LinkDrained{end->link});
  } else if (!end->departures.empty()) {
    // Again when enough has left; what the other side does not take in wakes us when it does.
    std::size_t left = end->waiting;
    auto last = end->departures.begin();
    for (; std::next(last) != end->departures.end(); ++last) {
      left -= last->second;
      if (left <= *end->drain_threshold) break;
    }
    scheduler_.after(last->first - scheduler_.now().monotonic,
                     [this, token] { check_drained(token); });
  }
}

}  // namespace pigeon::sim
