#include <algorithm>
#include <utility>

#include "membership/membership.hpp"
#include "membership/redundancy.hpp"
#include "membership/retry.hpp"

namespace pigeon::membership {

namespace {

/// Between attempts as long as there are enough links: news arrives in bunches, and the choice is
/// better when all of it is there.
constexpr Duration attempt_spacing = 100ms;
/// Between exchanges of a link, with up to half of it at random more.
constexpr Duration exchange_spacing = 2s;
/// Between two looks at whether the shape could be better, with up to half of it at random more.
constexpr Duration review_interval = 10s;

}  // namespace

std::vector<Action> Membership::take_actions(Now now) {
  if (!is_changed_ && now.monotonic < wake_) return {};
  known_.advance(now.monotonic);
  give_up_late_attempts(now);
  shed_surplus(now);
  dial_wanted(now);
  if (next_exchange_ <= now.monotonic) exchange_link(now);
  if (next_review_ <= now.monotonic) next_review_ = Instant::max();
  if (next_review_ == Instant::max() && (known_.size() > 0 || links_.occupied_count() > 0)) {
    next_review_ = now.monotonic + with_jitter(review_interval, random_);
  }
  choice_.observe(known_, links_, now.monotonic);
  wake_ = wake_time(now.monotonic);
  is_changed_ = false;
  return std::exchange(actions_, {});
}

void Membership::give_up_late_attempts(Now now) {
  if (now.monotonic < links_.next_deadline()) return;
  std::vector<PeerId> late;
  for (const auto& [peer, link] : links_.all()) {
    if (link.deadline <= now.monotonic) late.push_back(peer);
  }
  for (const PeerId& peer : late) evict(peer, "connection failed", LossReason::failed, now);
}

// Only after the bound has been lowered, or a link opened that was not announced.
void Membership::shed_surplus(Now now) {
  while (links_.occupied_count() > options_.links_max) {
    const auto& all = links_.all();
    const auto attempt = std::find_if(all.begin(), all.end(), [](const auto& entry) {
      return entry.second.state != LinkState::linked;
    });
    const PeerId victim = attempt != all.end()
                              ? attempt->first
                              : *most_dispensable_link(links_, Coverage(links_), options_);
    evict(victim, over_limit, LossReason::evicted, now);
  }
}

void Membership::dial_wanted(Now now) {
  while (may_attempt(now.monotonic)) {
    choice_.observe(known_, links_, now.monotonic);
    const auto peer = choose(now);
    if (!peer) return;
    dial(*peer, false, now);
  }
}

bool Membership::may_attempt(Instant now) const {
  if (!options_.dials_discovered || links_.calling_count() >= options_.attempts_max) return false;
  return links_.linked_count() < options_.links_min || next_attempt_ <= now;
}

std::optional<PeerId> Membership::choose(Now now) {
  const std::size_t own_max = own_links_max(options_);
  if (links_.occupied_count() < own_max) {
    if (auto peer = choice_.for_bucket(known_, links_, now.monotonic)) return peer;
    if (auto peer = choice_.for_chance(known_, now.monotonic)) return peer;
  }
  if (links_.occupied_count() >= own_max + reserved_slots(options_) / 2) return std::nullopt;
  return choice_.for_help(known_, now.monotonic);
}

// With all own slots in use a link that is needed takes the place of one that is not: it is made
// before the other goes, so that peers that nobody can reach cost nothing. Only in a full table
// the other goes first; the slot then stays free for the next try.
void Membership::exchange_link(Now now) {
  if (!options_.dials_discovered || !options_.evicts) return;
  if (links_.occupied_count() < own_links_max(options_)) return;
  if (links_.calling_count() >= options_.attempts_max) return;
  const auto is_replacing = [](const auto& entry) { return entry.second.replaces; };
  if (std::any_of(links_.all().begin(), links_.all().end(), is_replacing)) return;
  choice_.observe(known_, links_, now.monotonic);
  const auto victim = most_redundant_link(links_, Coverage(links_), options_);
  if (!victim) return;
  const auto peer = choice_.for_bucket(known_, links_, now.monotonic);
  if (!peer) return;
  if (links_.occupied_count() >= options_.links_max) {
    evict(*victim, optimization, LossReason::evicted, now);
  }
  dial(*peer, true, now);
  next_exchange_ = now.monotonic + with_jitter(exchange_spacing, random_);
}

void Membership::evict(const PeerId& peer, std::string_view reason, LossReason loss, Now now) {
  actions_.emplace_back(Evict{peer, reason});
  release(peer, loss, now);
}

void Membership::dial(const PeerId& peer, bool replaces, Now now) {
  Link& link = occupy(taken(peer), LinkState::calling, now);
  link.is_own_call = true;
  link.replaces = replaces;
  actions_.emplace_back(Dial{peer});
  next_attempt_ = now.monotonic + with_jitter(attempt_spacing, random_);
}

Instant Membership::wake_time(Instant now) const {
  Instant next = std::min(links_.next_deadline(), next_review_);
  if (!options_.dials_discovered) return next;
  if (next_attempt_ > now) next = std::min(next, next_attempt_);
  if (next_exchange_ > now) next = std::min(next, next_exchange_);
  const bool is_short = choice_.is_short() && links_.occupied_count() < own_links_max(options_);
  const bool may_want =
      links_.calling_count() < options_.attempts_max && (is_short || choice_.has_helpless());
  if (!may_want) return next;
  return std::min({next, known_.next_ready(), choice_.next_grace(now)});
}

}  // namespace pigeon::membership
