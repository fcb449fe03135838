#include "rtc/ice/agent.hpp"

#include <algorithm>

namespace pigeon::ice {

namespace {

// RFC 8839 section 5.4.
bool has_valid_sizes(const Credentials& credentials) {
  constexpr std::size_t ufrag_size_min = 4;
  constexpr std::size_t password_size_min = 22;
  constexpr std::size_t size_max = 256;
  return credentials.ufrag.size() >= ufrag_size_min && credentials.ufrag.size() <= size_max &&
         credentials.password.size() >= password_size_min &&
         credentials.password.size() <= size_max;
}

}  // namespace

std::string_view to_string(State state) {
  switch (state) {
    case State::fresh:
      return "new";
    case State::checking:
      return "checking";
    case State::connected:
      return "connected";
    case State::completed:
      return "completed";
    case State::disconnected:
      return "disconnected";
    case State::failed:
      return "failed";
    case State::closed:
      return "closed";
  }
  return "unknown";
}

Agent::Agent(AgentOptions options, Random random)
    : options_(std::move(options)),
      random_(random),
      gatherer_(options_, random_.split()),
      relays_(options_, random_.split()),
      pairs_(options_.pairs_max),
      tie_breaker_(random_.next_u64()),
      local_(make_credentials(random_)) {}

void Agent::set_role(Role role) {
  if (role != role_) become(role);
}

void Agent::become(Role role) {
  role_ = role;
  pairs_.update_priorities(role);
}

bool Agent::set_remote(Credentials remote, bool lite, Now now) {
  if (!has_valid_sizes(remote)) return false;
  if (state_ == State::closed || remote_ == remote) return true;
  // RFC 8445 section 6.1.1: a lite agent cannot control.
  if (lite) set_role(Role::controlling);
  before_restart_.reset();
  remote_ = std::move(remote);
  std::erase_if(remote_candidates_, [&](const Candidate& candidate) {
    return !candidate.ufrag.empty() && candidate.ufrag != remote_->ufrag;
  });
  for (const Candidate& candidate : remote_candidates_) {
    for (const Candidate& local : gatherer_.candidates()) pair_up(local, candidate, now);
  }
  fails_at_ =
      now.monotonic + (remote_ended_ ? options_.failed_after : options_.failed_after_in_all);
  enter(State::checking);
  for (const UnmatchedCheck& check : std::exchange(unmatched_checks_, {})) learn_from(check, now);
  advance(now);
  return true;
}

void Agent::add_local_address(const SocketAddress& base, Now now) {
  if (state_ == State::closed || !gatherer_.add_base(base, now)) return;
  relays_.add_base(base, now, events_);
  advance(now);
}

void Agent::remove_local_address(const SocketAddress& base, Now now) {
  const std::size_t count_before = gatherer_.candidates().size();
  gatherer_.remove_base(base);
  relays_.remove_base(base);
  reported_candidates_ -= count_before - gatherer_.candidates().size();
  const bool had_path = selected_pair() != nullptr;
  drop_local(base);
  // The host has moved: what other addresses it has, or gets now, may find a path.
  if (had_path && selected_pair() == nullptr) fails_at_ = now.monotonic + options_.failed_after;
  advance(now);
}

void Agent::drop_local(const SocketAddress& local) {
  pairs_.drop_local(local);
  std::erase_if(unmatched_checks_,
                [&](const UnmatchedCheck& check) { return check.path.local == local; });
}

void Agent::end_of_local_addresses(Now now) {
  gatherer_.end_of_bases();
  advance(now);
}

/// Reports and pairs the candidates that gathering has found since the last call.
void Agent::take_candidates(Now now) {
  const auto candidates = gatherer_.candidates();
  for (; reported_candidates_ < candidates.size(); ++reported_candidates_) {
    const Candidate& local = candidates[reported_candidates_];
    report(local);
    if (!remote_) continue;
    for (const Candidate& remote : remote_candidates_) pair_up(local, remote, now);
  }
}

void Agent::report(const Candidate& candidate) {
  if (!may_use(candidate)) return;
  LocalCandidate event{candidate};
  event.candidate.ufrag = local_.ufrag;
  // RFC 8839 section 5.1: 0.0.0.0 and port 9 stand for what is not to be told.
  if (options_.relay_only) event.candidate.related = SocketAddress{IpAddress(IpAddress::V4{}), 9};
  events_.emplace_back(std::move(event));
}

void Agent::report_gathering(Now now) {
  take_candidates(now);
  if (reported_complete_ || !gathered()) return;
  reported_complete_ = true;
  events_.emplace_back(GatheringComplete{});
}

void Agent::add_remote_candidate(const Candidate& candidate, Now now) {
  const bool usable = candidate.resolved() && candidate.transport == Transport::udp &&
                      candidate.component == 1 && candidate.address.port != 0 &&
                      !candidate.address.ip.is_unspecified() &&
                      !candidate.address.ip.is_multicast();
  const bool current = !remote_ || candidate.ufrag.empty() || candidate.ufrag == remote_->ufrag;
  if (state_ == State::closed || !usable || !current ||
      remote_candidate(candidate.address) != nullptr ||
      remote_candidates_.size() >= options_.remote_candidates_max) {
    ++stats_.candidates_ignored;
    return;
  }
  remote_candidates_.push_back(candidate);
  if (!remote_) return;
  for (const Candidate& local : gatherer_.candidates()) pair_up(local, candidate, now);
  advance(now);
}

void Agent::end_of_remote_candidates(Now now) {
  if (remote_ended_) return;
  remote_ended_ = true;
  if (remote_) fails_at_ = std::min(fails_at_, now.monotonic + options_.failed_after);
  advance(now);
}

// RFC 8445 section 6.1.2.4: what is reflexive is sent from its base, whose pair serves for both.
void Agent::pair_up(const Candidate& local, const Candidate& remote, Now now) {
  if (!may_use(local) || gatherer_.local_end(local.address) != &local) return;
  if (!can_pair(local.address.ip, remote.address.ip)) return;
  const AddressPair path{local.address, remote.address};
  if (local.type == CandidateType::relayed) relays_.permit(path, now);
  if (Pair* known = pairs_.find(path, generation_)) {
    // RFC 8445 section 7.3.1.3: a check was faster than the candidate that it came from.
    known->remote_type = remote.type;
    known->remote_priority = remote.priority;
    pairs_.update_priorities(role_);
    return;
  }
  const Pair pair{.generation = generation_,
                  .local_generation = generation_,
                  .path = path,
                  .local_type = local.type,
                  .local_priority = local.priority,
                  .remote_type = remote.type,
                  .remote_priority = remote.priority};
  if (pairs_.add(pair, role_) == nullptr) ++stats_.pairs_ignored;
}

const Candidate* Agent::remote_candidate(const SocketAddress& address) const {
  const auto found =
      std::find_if(remote_candidates_.begin(), remote_candidates_.end(),
                   [&](const Candidate& candidate) { return candidate.address == address; });
  return found == remote_candidates_.end() ? nullptr : &*found;
}

void Agent::restart(Now now) { restart(make_credentials(random_), now); }

void Agent::restart(Credentials credentials, Now now) {
  if (state_ == State::closed) return;
  if (!before_restart_) {
    before_restart_ = {
        {generation_, local_, remote_}, past_, remote_candidates_, remote_ended_, was_connected_};
  }
  // A second restart before the first has led to anything changes nothing for the old pair.
  if (was_connected_) past_ = Generation{generation_, local_, remote_};
  local_ = std::move(credentials);
  remote_.reset();
  pairs_.drop_invalid(generation_);
  if (past_) {
    pairs_.drop_generations_before(past_->number);
    checks_.drop_generations_before(past_->number);
  }
  ++generation_;
  remote_candidates_.clear();
  std::erase_if(unmatched_checks_, [&](const UnmatchedCheck& check) {
    return local_of(check.local_generation) == nullptr;
  });
  remote_ended_ = false;
  was_connected_ = false;
  nominate_at_ = Instant::max();
  fails_at_ = Instant::max();
  reported_candidates_ = 0;
  reported_complete_ = false;
  if (selected_ == 0) enter(State::fresh);
  advance(now);
}

void Agent::cancel_restart(Now now) {
  if (state_ == State::closed || !before_restart_) return;
  // Without the other agent's credentials, the generation that ends here has neither pairs nor
  // checks.
  BeforeRestart before = *std::exchange(before_restart_, std::nullopt);
  generation_ = before.generation.number;
  local_ = std::move(before.generation.local);
  remote_ = std::move(before.generation.remote);
  past_ = std::move(before.past);
  remote_candidates_ = std::move(before.remote_candidates);
  remote_ended_ = before.remote_ended;
  was_connected_ = before.was_connected;
  unmatched_checks_.clear();
  nominate_at_ = now.monotonic + options_.nomination_wait;
  if (remote_) fails_at_ = now.monotonic + options_.failed_after_in_all;
  reported_candidates_ = 0;
  reported_complete_ = false;
  advance(now);
}

void Agent::close(Now now) {
  if (state_ == State::closed) return;
  pairs_.clear();
  checks_.clear();
  waiting_.clear();
  unmatched_checks_.clear();
  selected_ = 0;
  next_timeout_ = Instant::max();
  relays_.release(now);
  relays_.transmit(waiting_, events_, now);
  enter(State::closed);
}

void Agent::handle_timeout(Now now) {
  if (next_timeout_ <= now.monotonic) advance(now);
}

void Agent::transmit(DatagramBatch& out, Now now) {
  handle_timeout(now);
  for (const DatagramBatch::Datagram& datagram : waiting_.datagrams()) {
    const BytesView payload = waiting_.payload(datagram);
    std::copy(payload.begin(), payload.end(), out.reserve(payload.size()).begin());
    out.commit(datagram.path, payload.size());
  }
  waiting_.clear();
}

void Agent::send(BytesView payload, DatagramBatch& out) {
  const Pair* pair = selected_pair();
  if (pair == nullptr) return;
  if (pair->local_type == CandidateType::relayed) {
    relays_.send(pair->path, payload, out, events_);
    return;
  }
  std::copy(payload.begin(), payload.end(), out.reserve(payload.size()).begin());
  out.commit(pair->path, payload.size());
}

std::optional<AddressPair> Agent::direct_path() const {
  const Pair* pair = selected_pair();
  if (pair == nullptr || pair->local_type == CandidateType::relayed) return std::nullopt;
  return pair->path;
}

void Agent::post(const AddressPair& path, BytesView message) {
  const Candidate* local = gatherer_.local_end(path.local);
  if (local == nullptr || waiting_.size() >= options_.waiting_datagrams_max) {
    ++stats_.dropped_overflow;
  } else if (local->type == CandidateType::relayed) {
    relays_.send(path, message, waiting_, events_);
  } else {
    std::copy(message.begin(), message.end(), waiting_.reserve(message.size()).begin());
    waiting_.commit(path, message.size());
  }
}

}  // namespace pigeon::ice
