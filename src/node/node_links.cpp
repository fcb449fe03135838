#include <algorithm>
#include <utility>

#include "node/arguments.hpp"
#include "node/node_impl.hpp"
#include "wire/peer_message.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::node {

namespace {

/// From the open channel to the proof of identity. Where one is demanded, the link ends without.
constexpr Duration proof_time_max = 5s;

}  // namespace

// ---- Commands

Result<void, NodeError> Node::Impl::connect(std::string_view hub_url, Now now) {
  const auto hub = hubs_.add(hub_url, now);
  if (!hub) return Unexpected(bad_argument(hub.error()));
  settle(now);
  return {};
}

void Node::Impl::disconnect(Now now) {
  close_all("mesh disconnected", now);
  hubs_.leave(now);
  // What the hubs' end leads to is not for a node that wants none.
  drain_hubs(now);
  next_announcement_ = Instant::max();
  go_home(now);
  settle(now);
}

Result<void, NodeError> Node::Impl::connect_to_peer(const PeerId& peer, Now now) {
  if (peer == self_.id) {
    return Unexpected(bad_argument("That is this peer's own id."));
  }
  if (!can_signal()) {
    return Unexpected(NodeError{NodeErrorKind::not_connected,
                                "No hub and no peer is connected that could pass the call on."});
  }
  const Link* link = links_.find(peer);
  if (link == nullptr && !membership_.call(peer, now)) {
    return Unexpected(
        NodeError{NodeErrorKind::busy, "There is no room for another link. Raise max_peers."});
  }
  is_unsettled_ = true;
  settle(now);
  return {};
}

Result<void, NodeError> Node::Impl::disconnect_peer(const PeerId& peer, Now now) {
  Link* link = links_.find(peer);
  if (link == nullptr) return Unexpected(no_link(peer));
  abandon(*link, membership::LossReason::closed_here, "manually removed", now);
  settle(now);
  return {};
}

std::size_t Node::Impl::set_max_peers(std::size_t count, Now now) {
  options_.max_peers = std::clamp<std::size_t>(count, 1, membership::links_max_max);
  hubs_.set_max_peers(static_cast<std::uint32_t>(options_.max_peers));
  apply_settings(now);
  return options_.max_peers;
}

std::size_t Node::Impl::set_min_peers(std::size_t count, Now now) {
  options_.min_peers = std::min<std::size_t>(count, membership::links_max_max - 1);
  apply_settings(now);
  return options_.min_peers;
}

void Node::Impl::set(NodeSwitch which, bool is_on, Now now) {
  switch (which) {
    case NodeSwitch::auto_discovery:
      options_.auto_discovery = is_on;
      break;
    case NodeSwitch::eviction_strategy:
      options_.eviction_strategy = is_on;
      break;
    case NodeSwitch::xor_routing:
      options_.xor_routing = is_on;
      break;
    case NodeSwitch::allow_global_fallback:
      options_.allow_global_fallback = is_on;
      if (fallback_of(options_).is_allowed() == fallback_.is_allowed()) break;
      if (network_ != options_.network) go_home(now);
      fallback_ = fallback_of(options_);
      break;
  }
  apply_settings(now);
}

void Node::Impl::apply_settings(Now now) {
  membership_.set_options(membership_options());
  is_unsettled_ = true;
  settle(now);
}

std::size_t Node::Impl::connect_to_all_peers(Now now) {
  std::size_t count = 0;
  if (!can_signal()) return count;
  for (const membership::Membership::Peer& peer : membership_.peers()) {
    if (membership_.call(peer.spelled.id, now)) ++count;
  }
  is_unsettled_ = true;
  settle(now);
  return count;
}

// ---- What membership wants

void Node::Impl::act(const membership::Dial& action, Now now) {
  const Link* present = links_.find(action.peer);
  PIGEON_ASSERT(present == nullptr);
  const Link& link =
      links_.add(spelled(action.peer), membership::Role::offerer, options_.limits, now);
  deadlines_.schedule(now.monotonic + membership::link_attempt_time_max, link.id);
  out_.add(DialLink{link.id, link.peer.id});
}

void Node::Impl::act(const membership::Evict& action, Now now) {
  if (Link* link = links_.find(action.peer)) evict(*link, action.reason, now);
}

void Node::Impl::accept(const wire::SpelledId& from, const rtc::SessionDescription& offer,
                        const SignalWay& way, Now now) {
  const bool is_capable = way.is_capable;
  const membership::OfferDecision decision = membership_.judge_offer(from, is_capable, now);
  is_unsettled_ = true;
  switch (decision.verdict) {
    case membership::OfferVerdict::ignore:
      if (Link* link = links_.find(from.id); link != nullptr && link->is_open) {
        link->next_offer = Link::Offer{offer, is_capable, way.is_mesh, now.monotonic};
      }
      return;
    case membership::OfferVerdict::reject_full:
      hubs_.send_rejection(from, membership_.occupied_count(), membership_.links_max(), now);
      return;
    case membership::OfferVerdict::yield_and_accept:
      // Membership takes the new attempt for the link already, so it is not told of the old one.
      if (Link* own = links_.find(from.id)) {
        if (own->is_up) go_down(from.id, "replaced by a new connection", now);
        out_.add(CloseLink{own->id});
        links_.remove(own->id);
      }
      break;
    case membership::OfferVerdict::evict_and_accept:
      if (Link* victim = decision.victim ? links_.find(*decision.victim) : nullptr) {
        evict(*victim, "incoming closer peer", now);
      }
      break;
    case membership::OfferVerdict::accept:
      break;
  }
  Link& link = links_.add(from, membership::Role::answerer, options_.limits, now);
  link.is_capable = is_capable;
  link.is_answered = true;
  link.signals_over_mesh = way.is_mesh;
  link.remote_fingerprint = wire::certificate_fingerprint(offer.sdp);
  deadlines_.schedule(now.monotonic + membership::link_attempt_time_max, link.id);
  out_.add(AcceptLink{link.id, from.id, offer});
  for (rtc::IceCandidate& candidate : early_candidates_.take(from.id)) {
    out_.add(ApplyCandidate{link.id, std::move(candidate)});
  }
}

// ---- What happens to links

void Node::Impl::on(const LinkDescription& input, Now now) {
  Link* link = links_.find(input.link);
  if (link == nullptr) return;
  if (link->is_open) {
    // An answer to a re-offer, or an ICE restart of ours: over the channel, as upstream does.
    const bool is_offer = input.description.type == rtc::SdpType::offer;
    send(link->peer.id,
         wire::encode_channel_signal(is_offer ? "renegotiation-offer" : "renegotiation-answer",
                                     wire::encode_data(input.description), self_.id, now.wall_ms));
    return;
  }
  link->local_fingerprint = wire::certificate_fingerprint(input.description.sdp);
  const bool is_offer = input.description.type == rtc::SdpType::offer;
  if (!send_signal(*link, is_offer ? wire::SignalType::offer : wire::SignalType::answer,
                   wire::encode_data(input.description), now)) {
    abandon(*link, membership::LossReason::failed, "no hub and no peer passes signals on", now);
  }
}

void Node::Impl::on(const LinkCandidate& input, Now now) {
  Link* link = links_.find(input.link);
  if (link == nullptr) return;
  const std::string data = wire::encode_data(input.candidate);
  if (link->is_open) {
    send(link->peer.id, wire::encode_channel_signal("ice-candidate", data, self_.id, now.wall_ms));
    return;
  }
  send_signal(*link, wire::SignalType::ice_candidate, data, now);
}

void Node::Impl::on(const LinkOpened& input, Now now) {
  Link* link = links_.find(input.link);
  if (link == nullptr || link->is_open) return;
  link->is_open = true;
  link->opened = now.monotonic;
  deadlines_.schedule(now.monotonic + proof_time_max, link->id);
  if (options_.trust != TrustPolicy::verified_only) come_up(*link, now);
  offer_keys(*link, false, now);
}

void Node::Impl::come_up(Link& link, Now now) {
  link.is_up = true;
  ++counters_.links_opened;
  membership_.link_opened(link.peer.id, now);
  if (link.is_capable) {
    membership_.note_capable(link.peer.id);
    name_neighbors(link);
  }
  // The first naming by chance comes after the first one by rule.
  if (next_naming_ == Instant::max()) schedule_naming(now);
  is_unsettled_ = true;
  transfers_.link_opened(link.peer.id);
  out_.emit(PeerConnected{link.peer.id});
}

void Node::Impl::on(const LinkText& input, Now now) {
  if (Link* link = links_.find(input.link)) receive_text(*link, input.text, now);
}

void Node::Impl::on(const LinkBinary& input, Now now) {
  if (Link* link = links_.find(input.link)) receive_binary(*link, input.data, now);
}

void Node::Impl::on(const LinkDrained& input, Now now) {
  Link* link = links_.find(input.link);
  if (link == nullptr) return;
  const bool was_stalled = std::exchange(link->stalled_since, std::nullopt).has_value();
  if (!link->wants_drained) return;
  if (was_stalled) {
    // Only half of it has left.
    out_.add(NotifyDrained{.link = link->id});
    return;
  }
  link->wants_drained = false;
  transfers_.drained(link->peer.id, now);
}

void Node::Impl::on(const LinkOverflowed& input, Now now) {
  Link* link = links_.find(input.link);
  if (link == nullptr || !link->is_open) return;
  counters_.unsent += input.count;
  if (input.has_lost_frame) {
    lose(*link, "does not read", now);
    return;
  }
  if (link->stalled_since) return;
  link->stalled_since = now.monotonic;
  out_.add(NotifyDrained{link->id, options_.limits.send_buffer_max / 2});
  deadlines_.schedule(now.monotonic + options_.limits.stalled_time_max, link->id);
}

void Node::Impl::on(const LinkSilent& input, Now now) {
  const Link* link = links_.find(input.link);
  if (link == nullptr) return;
  membership_.note_silence(link->peer.id, input.is_silent);
  give_up_vanished(link->peer.id, now);
}

/// Sooner than its connection would, which hopes for another path.
void Node::Impl::give_up_vanished(const PeerId& peer, Now now) {
  Link* link = links_.find(peer);
  if (link != nullptr && membership_.has_vanished(peer, now)) {
    lose(*link, "connection disconnected", now);
  }
}

void Node::Impl::on(const LinkClosed& input, Now now) {
  Link* link = links_.find(input.link);
  if (link == nullptr) return;
  if (link->is_up) {
    lose(*link, input.reason, now);
  } else {
    abandon(*link, membership::LossReason::failed, input.reason, now);
  }
}

void Node::Impl::abandon(Link& link, membership::LossReason reason, std::string_view words,
                         Now now) {
  const PeerId peer = link.peer.id;
  const bool was_up = link.is_up;
  out_.add(CloseLink{link.id});
  links_.remove(link.id);
  membership_.link_lost(peer, reason, now);
  is_unsettled_ = true;
  if (was_up) {
    go_down(peer, words, now);
  } else {
    ++counters_.links_failed;
    out_.emit(ConnectFailed{peer, std::string(words)});
  }
}

void Node::Impl::lose(Link& link, std::string_view words, Now now) {
  const wire::SpelledId peer = link.peer;
  const std::optional<Link::Offer> next = std::move(link.next_offer);
  abandon(link, membership::LossReason::lost, words, now);
  if (next && next->is_waiting(now)) {
    accept(peer, next->description, {next->is_capable, next->is_over_mesh}, now);
  }
}

void Node::Impl::go_down(const PeerId& peer, std::string_view words, Now now) {
  ++counters_.links_lost;
  routing_.forget_neighbor(peer);
  transfers_.link_closed(peer, now);
  drain_transfers();
  out_.emit(PeerDisconnected{peer, std::string(words)});
}

void Node::Impl::evict(Link& link, std::string_view reason, Now now) {
  const PeerId peer = link.peer.id;
  if (link.is_up) {
    send(peer, wire::encode_eviction(reason, self_.id));
    out_.emit(PeerEvicted{peer, std::string(reason), false});
  }
  abandon(link, membership::LossReason::evicted, "evicted: " + std::string(reason), now);
}

void Node::Impl::close_all(std::string_view reason, Now now) {
  transfers_.abort_broadcasts(reason);
  while (!links_.all().empty()) {
    Link* link = links_.find(links_.all().begin()->first);
    abandon(*link, membership::LossReason::closed_here, reason, now);
  }
}

void Node::Impl::check_deadlines(LinkId id, Now now) {
  Link* link = links_.find(id);
  if (link == nullptr) return;
  const auto has_passed = [now](Instant since, Duration time) {
    return now.monotonic - since >= time;
  };
  if (!link->is_open) {
    if (!link->unanswered.empty()) signal_over_mesh(*link, now);
    if (!has_passed(link->started, membership::link_attempt_time_max)) return;
    abandon(*link, membership::LossReason::failed,
            link->is_answered ? "ICE negotiation timeout" : "no answer", now);
  } else if (!link->is_up && has_passed(link->opened, proof_time_max)) {
    abandon(*link, membership::LossReason::failed, "identity not proven", now);
  } else if (!link->is_verified && !link->seems_foreign &&
             has_passed(link->opened, proof_time_max)) {
    note_foreign(*link);
  } else if (link->stalled_since &&
             has_passed(*link->stalled_since, options_.limits.stalled_time_max)) {
    lose(*link, "does not read", now);
  }
}

std::vector<PeerId> Node::Impl::neighbors() const {
  std::vector<PeerId> peers;
  for (const auto& [id, link] : links_.all()) {
    if (link.is_up) peers.push_back(link.peer.id);
  }
  return peers;
}

void Node::Impl::send(const PeerId& to, std::string text) {
  send(std::vector<PeerId>{to}, std::move(text));
}

void Node::Impl::send(const std::vector<PeerId>& to, std::string text) {
  std::vector<LinkId> targets;
  for (const PeerId& peer : to) {
    const Link* link = links_.find(peer);
    if (link != nullptr && link->is_open) targets.push_back(link->id);
  }
  if (targets.empty()) return;
  counters_.messages_sent += targets.size();
  out_.add(SendText{std::move(targets), std::move(text)});
}

}  // namespace pigeon::node
