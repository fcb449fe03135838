#include "membership/membership.hpp"

#include <algorithm>
#include <utility>

#include "membership/redundancy.hpp"
#include "membership/retry.hpp"

namespace pigeon::membership {

namespace {

MembershipOptions checked(MembershipOptions options) {
  options.links_max = std::clamp<std::size_t>(options.links_max, 1, links_max_max);
  options.links_min = std::min(options.links_min, links_max_max - 1);
  options.attempts_max = std::max<std::size_t>(options.attempts_max, 1);
  return options;
}

KnownPeer known_of(const Link& link) {
  return {.spelled = link.spelled,
          .is_capable = link.is_capable,
          .is_verified = link.is_verified,
          .failures = link.failures,
          .heard_at = link.heard_at};
}

Membership::State state_of(const Link& link) {
  switch (link.state) {
    case LinkState::calling:
      return Membership::State::calling;
    case LinkState::answering:
      return Membership::State::answering;
    case LinkState::linked:
      break;
  }
  return Membership::State::linked;
}

Membership::Peer shown(const Link& link) {
  return {link.spelled, state_of(link), link.is_capable, link.is_verified};
}

Membership::Peer shown(const KnownPeer& peer) {
  return {peer.spelled, Membership::State::discovered, peer.is_capable, peer.is_verified};
}

}  // namespace

Membership::Membership(PeerId self, const MembershipOptions& options, Random random)
    : self_{self, 0},
      options_(checked(options)),
      random_(std::move(random)),
      known_(self, options_, random_),
      choice_(options_, random_.split()) {}

bool Membership::discover(const wire::SpelledId& peer, bool is_capable, Now now) {
  const Instant instant = now.monotonic;
  if (peer.id == self_.id) return false;
  is_changed_ = true;
  if (Link* link = links_.find(peer.id)) {
    link->heard_at = instant;
    link->is_gone = false;
    link->is_capable = link->is_capable || is_capable;
    return false;
  }
  const KnownPeer* before = known_.find(peer.id);
  const bool is_new = before == nullptr;
  KnownPeer known = is_new ? KnownPeer{.spelled = peer} : *before;
  // Ids are made in lower case. Whoever spells one otherwise does not make us forget how.
  if (known.spelled.upper_case != 0) known.spelled = peer;
  known.is_capable = known.is_capable || is_capable;
  known.heard_at = instant;
  if (is_new && !wire::offers_first(self_, known.spelled)) {
    known.not_before = instant + options_.initiator_grace;
  } else if (is_new && !known.is_capable) {
    known.not_before = instant + options_.newcomer_grace;
  }
  known_.put(known, instant);
  if (known_.kind_of(known) == Kind::ours_other) choice_.note_helpless(peer.id, instant);
  return is_new;
}

void Membership::forget(const PeerId& peer) {
  is_changed_ = true;
  if (Link* link = links_.find(peer)) {
    link->is_gone = true;
  } else {
    known_.take(peer);
  }
}

void Membership::note_capable(const PeerId& peer) {
  if (Link* link = links_.find(peer)) {
    is_changed_ = is_changed_ || !link->is_capable;
    link->is_capable = true;
  } else {
    known_.mark(peer, {.is_capable = true});
  }
}

void Membership::note_verified(const PeerId& peer) {
  if (Link* link = links_.find(peer)) {
    link->is_verified = true;
  } else {
    known_.mark(peer, {.is_verified = true});
  }
}

OfferDecision Membership::judge_offer(const wire::SpelledId& from, bool is_capable, Now now) {
  const Instant instant = now.monotonic;
  OfferDecision decision;
  if (from.id == self_.id) return decision;
  if (Link* link = links_.find(from.id)) {
    link->is_capable = link->is_capable || is_capable;
    decision.verdict = judge_known_offer(*link, self_, from, instant);
    // Copies of one offer count from the first.
    if (link->offered_at < instant - offer_copy_time) link->offered_at = instant;
  } else {
    decision = judge_new_offer(common_prefix_bits(self_.id, from.id), is_capable, links_, options_,
                               instant);
  }
  if (decision.victim) {
    const bool is_open = links_.find(*decision.victim)->state == LinkState::linked;
    release(*decision.victim, is_open ? LossReason::evicted : LossReason::lost, now);
  }
  const bool is_refused =
      decision.verdict == OfferVerdict::ignore || decision.verdict == OfferVerdict::reject_full;
  if (!is_refused) accept(from, is_capable, now);
  is_changed_ = true;
  return decision;
}

bool Membership::call(const PeerId& peer, Now now) {
  if (peer == self_.id || links_.find(peer) != nullptr) return false;
  if (links_.occupied_count() >= options_.links_max) return false;
  is_changed_ = true;
  dial(peer, false, now);
  return true;
}

void Membership::link_opened(const PeerId& peer, Now now) {
  is_changed_ = true;
  Link* link = links_.find(peer);
  if (link == nullptr) link = &occupy(taken(peer), LinkState::answering, now);
  if (link->state == LinkState::linked) return;
  links_.set_state(*link, LinkState::linked, now.monotonic);
  link->deadline = Instant::max();
  link->failures = 0;
  if (!std::exchange(link->replaces, false)) return;
  if (links_.occupied_count() <= own_links_max(options_)) return;
  const auto victim = most_redundant_link(links_, Coverage(links_), options_);
  if (victim) evict(*victim, optimization, LossReason::evicted, now);
}

void Membership::link_lost(const PeerId& peer, LossReason reason, Now now) {
  if (links_.find(peer) == nullptr) return;
  is_changed_ = true;
  release(peer, reason, now);
}

void Membership::note_silence(const PeerId& peer, bool is_silent) {
  if (Link* link = links_.find(peer)) link->is_silent = is_silent;
}

bool Membership::has_vanished(const PeerId& peer, Now now) const {
  const Link* link = links_.find(peer);
  if (link == nullptr || !link->is_silent) return false;
  const bool has_offered =
      link->offered_at > link->since && now.monotonic <= link->offered_at + offer_doubt_time;
  return link->is_gone || has_offered;
}

void Membership::set_options(const MembershipOptions& options) {
  options_ = checked(options);
  choice_.set_options(options_);
  is_changed_ = true;
}

std::optional<Membership::Peer> Membership::find(const PeerId& peer) const {
  if (const Link* link = links_.find(peer)) return shown(*link);
  if (const KnownPeer* known = known_.find(peer)) return shown(*known);
  return std::nullopt;
}

std::vector<Membership::Peer> Membership::peers() const {
  std::vector<Peer> list;
  list.reserve(links_.occupied_count() + known_.size());
  for (const auto& [peer, link] : links_.all()) list.push_back(shown(link));
  for (const KnownPeer& peer : known_.all()) list.push_back(shown(peer));
  std::sort(list.begin(), list.end(),
            [](const Peer& a, const Peer& b) { return a.spelled.id < b.spelled.id; });
  return list;
}

std::vector<wire::SpelledId> Membership::neighbors_near(const PeerId& peer,
                                                        std::size_t count) const {
  std::vector<wire::SpelledId> near;
  for (const auto& [id, link] : links_.all()) {
    if (link.state == LinkState::linked && link.is_capable && id != peer) {
      near.push_back(link.spelled);
    }
  }
  std::sort(near.begin(), near.end(), [&](const wire::SpelledId& a, const wire::SpelledId& b) {
    return distance(a.id, peer) < distance(b.id, peer);
  });
  near.resize(std::min(near.size(), count));
  return near;
}

// An attempt or a link begins: the peer is not among the callable ones any more.
Link& Membership::occupy(const KnownPeer& peer, LinkState state, Now now) {
  Link link{.spelled = peer.spelled,
            .state = state,
            .is_capable = peer.is_capable,
            .is_verified = peer.is_verified,
            .failures = peer.failures,
            .bucket = common_prefix_bits(self_.id, peer.spelled.id),
            .since = now.monotonic,
            .deadline = now.monotonic + options_.attempt_time_max,
            .heard_at = peer.heard_at};
  if (link.heard_at == Instant{}) link.heard_at = now.monotonic;
  return links_.add(link);
}

KnownPeer Membership::taken(const PeerId& peer) {
  return known_.take(peer).value_or(KnownPeer{.spelled = {peer, 0}});
}

void Membership::accept(const wire::SpelledId& from, bool is_capable, Now now) {
  KnownPeer peer;
  if (const Link* before = links_.find(from.id)) {
    peer = known_of(*before);
    links_.remove(from.id);
  } else {
    peer = taken(from.id);
  }
  // It calls itself so.
  peer.spelled = from;
  peer.is_capable = peer.is_capable || is_capable;
  peer.heard_at = now.monotonic;
  occupy(peer, LinkState::answering, now).offered_at = now.monotonic;
}

// A link or an attempt is over: whether and when the peer may be called again.
void Membership::release(const PeerId& peer, LossReason reason, Now now) {
  const Link link = *links_.find(peer);
  links_.remove(peer);
  if (link.is_gone || reason == LossReason::left) return;
  KnownPeer known = known_of(link);
  if (link.state == LinkState::linked) known.heard_at = now.monotonic;
  if (known.heard_at + options_.discovered_time_max <= now.monotonic) return;
  if (reason == LossReason::failed) {
    constexpr unsigned failures_max = 32;
    known.failures = std::min(known.failures + 1, failures_max);
  }
  known.not_before = now.monotonic + pause_after(known, reason);
  known_.put(known, now.monotonic);
  // It may take us for called already, and so never call us, nor anybody else.
  const bool is_broken = reason == LossReason::lost || reason == LossReason::failed;
  if (is_broken && known_.kind_of(known) == Kind::ours_other) {
    choice_.note_helpless(peer, known.not_before);
  }
}

Duration Membership::pause_after(const KnownPeer& peer, LossReason reason) {
  const Duration patience =
      wire::offers_first(self_, peer.spelled) ? Duration::zero() : options_.initiator_grace;
  switch (reason) {
    case LossReason::failed:
      return retry_wait(peer.failures, options_, random_);
    case LossReason::evicted:
      return options_.eviction_pause;
    case LossReason::closed_here:
      return options_.discovered_time_max;
    case LossReason::lost:
    case LossReason::left:
      break;
  }
  return std::max(patience, reconnect_wait(options_, random_));
}

}  // namespace pigeon::membership
