#include <algorithm>
#include <utility>

#include "node/node_impl.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::node {

namespace {

/// Candidates of one link that are looked at.
constexpr std::size_t candidates_max = 256;
/// For the answer to an offer that went over a hub which may not know the peer.
constexpr Duration answer_patience = 1s;
/// How often peers are told of us over the mesh while no hub does it.
constexpr Duration announcement_interval = 60s;
constexpr std::uint64_t announcement_jitter_us = 20'000'000;
/// Neighbors that are named to another one at a time, and how often to one of them by chance. With
/// what hubs tell alone, peers that were there before never hear of those who come later next to
/// them: in the model of 1,000 peers 92.0 % of greedy ways arrive, with this 99.2 %.
constexpr std::size_t named_count = 4;
constexpr Duration naming_interval = 12s;
constexpr std::uint64_t naming_jitter_us = 8'000'000;

}  // namespace

void Node::Impl::drain_hubs(Now now) {
  // What is told may lead to more, such as an offer to be refused.
  for (auto news = hubs_.take_news(); !news.empty(); news = hubs_.take_news()) {
    for (const signaling::HubNews& one : news) {
      std::visit([&](const auto& typed) { tell(typed, now); }, one);
    }
  }
  for (signaling::HubAction& action : hubs_.take_actions()) {
    std::visit([&](auto& typed) { out_.add(std::move(typed)); }, action);
  }
}

void Node::Impl::tell(const signaling::HubChanged& news, Now now) {
  using State = HubStatusChanged::State;
  const State state = news.state == signaling::HubState::connecting  ? State::connecting
                      : news.state == signaling::HubState::connected ? State::connected
                                                                     : State::disconnected;
  if (state == State::connected) is_unsettled_ = true;
  if (hubs_.is_any_connected()) {
    next_announcement_ = Instant::max();
  } else if (state == State::disconnected && next_announcement_ == Instant::max()) {
    next_announcement_ =
        now.monotonic + Duration(static_cast<Duration::rep>(random_.below(announcement_jitter_us)));
  }
  out_.emit(HubStatusChanged{
      news.url, state, news.reason,
      std::chrono::duration_cast<std::chrono::milliseconds>(news.retry_in).count()});
}

void Node::Impl::tell(const signaling::Discovered& news, Now now) {
  if (fallback_.place() == Fallback::Place::probing) {
    found_at_home_.push_back(news);
    check_fallback(now);
    return;
  }
  discover(news.peer, news.is_capable, now);
}

void Node::Impl::tell(const signaling::Departed& news, Now now) {
  membership_.forget(news.peer);
  // Only the link itself knows whether it is alive: what a hub says costs none that is heard.
  give_up_vanished(news.peer, now);
  Link* link = links_.find(news.peer);
  if (news.said_goodbye && link != nullptr && !link->is_open) {
    abandon(*link, membership::LossReason::left, "left network", now);
  }
  is_unsettled_ = true;
}

void Node::Impl::tell(const signaling::DescriptionReceived& news, Now now) {
  const auto known = membership_.find(news.from.id);
  receive_description(news.from, news.description, {known && known->is_capable, false}, now);
}

void Node::Impl::tell(const signaling::CandidateReceived& news, Now now) {
  receive_candidate(news.from, news.candidate, now);
}

void Node::Impl::tell(const signaling::Rejected& news, Now now) {
  Link* link = links_.find(news.from);
  if (link == nullptr || link->is_open || link->is_answered) return;
  abandon(*link, membership::LossReason::failed, "rejected: " + news.reason, now);
}

void Node::Impl::discover(const wire::SpelledId& peer, bool is_capable, Now now) {
  if (peer.id == self_.id) return;
  if (membership_.discover(peer, is_capable, now)) out_.emit(PeerDiscovered{peer.id});
  is_unsettled_ = true;
}

void Node::Impl::receive_description(const wire::SpelledId& from,
                                     const rtc::SessionDescription& description,
                                     const SignalWay& way, Now now) {
  if (from.id == self_.id) return;
  if (description.type == rtc::SdpType::offer) {
    accept(from, description, way, now);
    return;
  }
  Link* link = links_.find(from.id);
  if (description.type != rtc::SdpType::answer || link == nullptr || link->is_answered ||
      link->role != membership::Role::offerer) {
    ++counters_.unknown;
    return;
  }
  link->is_answered = true;
  link->unanswered.clear();
  link->remote_fingerprint = wire::certificate_fingerprint(description.sdp);
  out_.add(ApplyDescription{link->id, description});
}

void Node::Impl::receive_candidate(const wire::SpelledId& from, rtc::IceCandidate candidate,
                                   Now now) {
  Link* link = links_.find(from.id);
  // With an offer that waits for the end of an open link come its candidates.
  const bool is_early = link == nullptr || (link->next_offer && link->next_offer->is_waiting(now));
  if (!is_early) return apply_candidate(*link, std::move(candidate));
  if (!early_candidates_.keep(from.id, std::move(candidate), now)) ++counters_.unknown;
}

void Node::Impl::apply_candidate(Link& link, rtc::IceCandidate candidate) {
  if (++link.candidate_count > candidates_max) {
    ++counters_.over_rate;
    return;
  }
  out_.add(ApplyCandidate{link.id, std::move(candidate)});
}

void Node::Impl::receive_relayed(const wire::RelayedChannelSignal& signal, bool is_capable,
                                 Now now) {
  if (signal.to.id != self_.id || signal.from.id == self_.id) {
    ++counters_.unknown;
    return;
  }
  if (signal.type == "ice-candidate") {
    const auto candidate = wire::decode_candidate(signal.data, reader_);
    if (!candidate) {
      ++counters_.malformed;
      return;
    }
    receive_candidate(signal.from, *candidate, now);
    return;
  }
  const auto description = wire::decode_description(signal.data, reader_);
  if (!description) {
    ++counters_.malformed;
    return;
  }
  receive_description(signal.from, *description, {is_capable, true}, now);
}

void Node::Impl::receive_signal(Link& link, const wire::ChannelSignal& signal, Now now) {
  // A neighbor speaks for itself only: upstream believes whatever name is in here.
  if (signal.from && signal.from->id != link.peer.id) {
    ++counters_.forged;
    return;
  }
  if (signal.type == "ice-candidate") {
    const auto candidate = wire::decode_candidate(signal.data, reader_);
    if (candidate) apply_candidate(link, *candidate);
    if (!candidate) ++counters_.malformed;
    return;
  }
  const auto description = wire::decode_description(signal.data, reader_);
  if (!description) {
    ++counters_.malformed;
    return;
  }
  if (!link.budget.requests.take(now.monotonic)) {
    ++counters_.over_rate;
    return;
  }
  apply_to_open(link, *description);
}

void Node::Impl::apply_to_open(Link& link, const rtc::SessionDescription& description) {
  // The same certificate, or the proof of identity would no longer be about this connection.
  if (link.remote_fingerprint &&
      wire::certificate_fingerprint(description.sdp) != link.remote_fingerprint) {
    ++counters_.forged;
    return;
  }
  out_.add(ApplyDescription{link.id, description});
}

bool Node::Impl::can_signal() const { return hubs_.is_any_connected() || has_neighbors(); }

bool Node::Impl::has_neighbors() const {
  const auto& links = links_.all();
  return std::any_of(links.begin(), links.end(),
                     [](const auto& entry) { return entry.second.is_up; });
}

/// Over a hub; over the mesh if none is connected, or if none has named the peer and nobody answers
/// in time. Not both at once: in a large mesh hubs name some peers only, and as many signals over
/// the mesh would hold up everything else.
bool Node::Impl::send_signal(Link& link, wire::SignalType type, const std::string& data, Now now) {
  if (link.signals_over_mesh && relay_signal(link.peer, type, data, now)) return true;
  link.signals_over_mesh = !hubs_.send_signal(type, link.peer, data, now);
  if (link.signals_over_mesh) return relay_signal(link.peer, type, data, now);
  const bool is_sure =
      link.role == membership::Role::answerer || link.is_answered || hubs_.has_way_to(link.peer.id);
  if (is_sure || link.unanswered.size() == candidates_max) return true;
  if (link.unanswered.empty()) deadlines_.schedule(now.monotonic + answer_patience, link.id);
  link.unanswered.push_back({type, data});
  return true;
}

/// No answer came by way of the hubs.
void Node::Impl::signal_over_mesh(Link& link, Now now) {
  for (const Link::Signal& signal : std::exchange(link.unanswered, {})) {
    link.signals_over_mesh = relay_signal(link.peer, signal.type, signal.data, now);
  }
}

bool Node::Impl::relay_signal(const wire::SpelledId& to, wire::SignalType type,
                              std::string_view data, Now now) {
  if (!has_neighbors()) return false;
  originate({.id = random_.id<MessageId>(),
             .subtype = "dm",
             .content = wire::encode_content(
                 wire::RelayedChannelSignal{
                     .type = wire::to_text(type), .data = data, .from = self_, .to = to},
                 now.wall_ms),
             .to = to,
             .timestamp = now.wall_ms},
            now);
  return true;
}

void Node::Impl::announce_over_mesh(Now now) {
  if (now.monotonic < next_announcement_) return;
  const auto jitter = static_cast<Duration::rep>(random_.below(announcement_jitter_us));
  next_announcement_ = now.monotonic + announcement_interval + Duration(jitter);
  if (!can_signal()) return;
  originate({.id = random_.id<MessageId>(),
             .subtype = "peer-announcement",
             .content = wire::encode_peer_announcement(self_.id, now.wall_ms),
             .timestamp = now.wall_ms},
            now);
}

void Node::Impl::name_neighbors(Link& link) {
  link.has_named = true;
  for (const wire::SpelledId& peer : membership_.neighbors_near(link.peer.id, named_count)) {
    send(link.peer.id, wire::encode(wire::PeerNotice{.peer = peer, .is_capable = true}));
  }
}

void Node::Impl::name_neighbors_again(Now now) {
  if (now.monotonic < next_naming_) return;
  schedule_naming(now);
  std::vector<LinkId> candidates;
  for (const auto& [id, link] : links_.all()) {
    if (link.is_up && link.is_capable) candidates.push_back(id);
  }
  if (candidates.empty()) {
    next_naming_ = Instant::max();
    return;
  }
  name_neighbors(*links_.find(candidates[random_.index(candidates.size())]));
}

void Node::Impl::schedule_naming(Now now) {
  const auto jitter = static_cast<Duration::rep>(random_.below(naming_jitter_us));
  next_naming_ = now.monotonic + naming_interval + Duration(jitter);
}

}  // namespace pigeon::node
