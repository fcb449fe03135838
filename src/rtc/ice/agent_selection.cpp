#include <algorithm>
#include <tuple>

#include "rtc/ice/agent.hpp"

namespace pigeon::ice {

/// Whether data rather takes `a` than `b`; both are valid.
bool Agent::preferred(const Pair& a, const Pair& b, Now now) const {
  const auto rank = [&](const Pair& pair) {
    // The agent that nominates leaves a relay for a direct path; the other one follows.
    const bool direct = role_ == Role::controlled || !pair.relayed();
    return std::tuple(pair.generation, healthy(pair, now), direct, pair.nominated, pair.priority);
  };
  return rank(a) > rank(b);
}

/// Chooses the pair for data. RFC 8445 section 12.1: before the nomination any valid one may serve.
void Agent::select(Now now) {
  const Pair* current = pairs_.find(selected_);
  if (current != nullptr && !current->valid()) current = nullptr;
  const Pair* best = nullptr;
  for (const Pair& pair : std::as_const(pairs_).pairs()) {
    if (!pair.valid()) continue;
    if (best == nullptr || preferred(pair, *best, now)) best = &pair;
  }
  const bool rescue = best != nullptr && current != nullptr && best != current &&
                      best->generation == current->generation && !healthy(*current, now);
  // Silence of one path is no reason for another that has not answered since, either.
  if (rescue && best->answered_at < current->unanswered_since) best = current;
  const PairId chosen = best != nullptr ? best->id : 0;
  if (chosen != selected_ && best != nullptr) report_selected(*best);
  if (chosen != selected_ && best != nullptr && best->local_type == CandidateType::relayed) {
    relays_.bind_channel(best->path, now);
  }
  selected_ = chosen;
  if (best == nullptr || best->generation != generation_) return;
  was_connected_ = true;
  // Without consent for its last pair, an agent has failed (RFC 7675 section 5.1).
  fails_at_ = Instant::min();
  if (best->nominated) retire_past();
}

/// Both agents have arrived in this generation. Yet Chromium, when it does not nominate, sends on
/// the old path until data comes on the new one.
void Agent::retire_past() {
  for (const Pair& pair : std::as_const(pairs_).pairs()) {
    if (pair.generation == generation_ || !pair.authenticated) continue;
    remember({.path = pair.path, .local_generation = pair.local_generation});
  }
  pairs_.drop_generations_before(generation_);
}

void Agent::report_selected(const Pair& pair) {
  const auto known_or = [](const Candidate* known, CandidateType type, const SocketAddress& address,
                           std::uint32_t priority) {
    if (known != nullptr) return *known;
    return Candidate{.foundation = make_foundation(type, address.ip, {}),
                     .priority = priority,
                     .address = address,
                     .type = type};
  };
  const SocketAddress mapped = pair.local_type == CandidateType::relayed
                                   ? pair.path.local
                                   : pair.mapped.value_or(pair.path.local);
  events_.emplace_back(SelectedPairChanged{
      .path = pair.path,
      .local = known_or(gatherer_.find(mapped), CandidateType::peer_reflexive, mapped,
                        pair.local_priority),
      .remote = known_or(remote_candidate(pair.path.remote), CandidateType::peer_reflexive,
                         pair.path.remote, pair.remote_priority)});
}

/// RFC 8445 section 8.1.1, by the agent that controls: at once if nothing better can come.
void Agent::nominate(Now now) {
  Pair* pair = pairs_.find(selected_);
  if (role_ != Role::controlling || pair == nullptr || pair->nominated ||
      pair->generation != generation_ || checks_.has(pair->id, CheckPurpose::nomination)) {
    return;
  }
  if (now.monotonic < nominate_at_ && pairs_.better_pending(*pair)) return;
  start_check(*pair, CheckPurpose::nomination, now);
}

void Agent::update_state(Now now) {
  const Pair* pair = selected_pair();
  if (pair == nullptr) {
    if (remote_ && now.monotonic >= fails_at_) {
      checks_.clear();
      return enter(State::failed);
    }
    const State searching = was_connected_ ? State::disconnected : State::checking;
    return enter(remote_ ? searching : State::fresh);
  }
  const bool silent = pair->unanswered_since <= now.monotonic - options_.disconnected_after;
  if (silent) return enter(State::disconnected);
  // While a restart goes on, the old pair carries the data.
  if (pair->generation != generation_) return enter(remote_ ? State::checking : state_);
  // RFC 8445 section 8.1.2: the nomination concludes. What is still checked is only for reserve.
  const bool settled = pair->nominated && remote_ended_ && gathered();
  enter(settled || state_ == State::completed ? State::completed : State::connected);
}

void Agent::enter(State state) {
  if (state_ == state) return;
  state_ = state;
  events_.emplace_back(StateChanged{state});
}

}  // namespace pigeon::ice
