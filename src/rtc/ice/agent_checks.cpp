#include <algorithm>

#include "rtc/ice/agent.hpp"

namespace pigeon::ice {

namespace {

/// How far triggered checks and nominations may run ahead of the pace. They are answers to what an
/// authenticated peer did, and their number is bounded by the pairs.
constexpr int burst_max = 8;
/// Before a pair that failed is tried again, if nothing else is left.
constexpr Duration failed_rest = 5s;
/// The same for direct pairs while a relayed one is in use.
constexpr Duration relayed_rest = 30s;

}  // namespace

void Agent::advance(Now now) {
  if (state_ == State::closed) return;
  gatherer_.handle_timeout(now, waiting_);
  take_relay_changes(now);
  report_gathering(now);
  if (state_ != State::failed) {
    expire_checks(now);
    check_consent(now);
    select(now);
    nominate(now);
    retry_failed(now);
    run_checks(now);
    update_state(now);
  }
  relays_.transmit(waiting_, events_, now);
  next_timeout_ = find_next_timeout();
}

/// Sends again what has not been answered, up to the bound.
void Agent::expire_checks(Now now) {
  while (Check* check = checks_.due(now.monotonic)) {
    Pair* pair = pairs_.find(check->pair);
    const bool again = pair != nullptr && !check->superseded &&
                       check->purpose != CheckPurpose::consent &&
                       check->transmissions < options_.transmissions_max;
    if (again) {
      ++stats_.retransmissions;
      ++check->transmissions;
      check->deadline = now.monotonic + check->wait;
      check->wait = std::min(2 * check->wait, options_.retransmission_max);
      send_check(*check, *pair);
      continue;
    }
    const bool lost = pair != nullptr && !check->superseded && !pair->valid();
    checks_.remove(TransactionId(check->transaction));
    if (lost) fail(*pair, now);
  }
}

void Agent::fail(Pair& pair, Now now) {
  pair.state = PairState::failed;
  pair.failed_at = now.monotonic;
  pair.nominated = false;
  pair.nominate_on_success = false;
  pair.consent_at = Instant::max();
  pair.unanswered_since = Instant::max();
  checks_.supersede(pair.id, CheckPurpose::connectivity);
  checks_.supersede(pair.id, CheckPurpose::nomination);
}

bool Agent::healthy(const Pair& pair, Now now) const {
  // Written so that an instant of `max` does not overflow.
  return pair.valid() && pair.unanswered_since > now.monotonic - options_.takeover_after;
}

/// RFC 7675 section 5.1, for the selected pair and those that could take its place.
void Agent::check_consent(Now now) {
  const Pair* selected = selected_pair();
  const bool silent = selected != nullptr && selected->consent_at <= now.monotonic &&
                      selected->unanswered_since <= now.monotonic - options_.consent_retry;
  for (Pair& pair : pairs_.pairs()) {
    if (!pair.valid()) continue;
    if (now.monotonic - pair.answered_at >= options_.consent_expiry) {
      fail(pair, now);
      continue;
    }
    // What could replace the path in use has to prove itself now.
    const bool is_asked = silent && pair.consent_at > now.monotonic + options_.consent_retry;
    if (is_asked || pair.consent_at <= now.monotonic) send_consent(pair, now);
  }
}

void Agent::send_consent(Pair& pair, Now now) {
  if (is_kept(pair)) {
    start_check(pair, CheckPurpose::consent, now);
  } else {
    pair.consent_at = now.monotonic + options_.consent_interval;
  }
}

/// Whether the pair is the selected one or among the best of the others.
bool Agent::is_kept(const Pair& pair) const {
  if (pair.id == selected_) return true;
  const auto pairs = pairs_.pairs();
  const auto better = std::count_if(pairs.begin(), pairs.end(), [&](const Pair& other) {
    return other.valid() && other.id != selected_ && other.priority > pair.priority;
  });
  return static_cast<std::size_t>(better) < options_.backups_max;
}

/// While nothing works, whatever failed may work by now. While a relay does, a direct path might.
void Agent::retry_failed(Now now) {
  const Pair* selected = pairs_.find(selected_);
  const bool works = selected != nullptr && healthy(*selected, now);
  if (!remote_ || (works && !selected->relayed())) return;
  const Duration rest = works ? relayed_rest : failed_rest;
  for (Pair& pair : pairs_.pairs()) {
    if (pair.state != PairState::failed || pair.generation != generation_) continue;
    if (works && pair.relayed()) continue;
    if (now.monotonic - pair.failed_at >= rest) pair.state = PairState::waiting;
  }
}

/// RFC 8445 section 6.1.4.2: the triggered checks first, then by priority.
void Agent::run_checks(Now now) {
  if (!remote_) return;
  while (pairs_.has_triggered() && next_check_at_ <= now.monotonic + burst_max * options_.pacing) {
    Pair* pair = pairs_.pop_triggered();
    if (pair == nullptr || pair->state != PairState::waiting) continue;
    start_check(*pair, CheckPurpose::connectivity, now);
  }
  while (next_check_at_ <= now.monotonic) {
    // Enough of them work: the rest would only cost.
    if (pairs_.valid_count(generation_) > options_.backups_max) return;
    Pair* pair = pairs_.best_waiting();
    if (pair == nullptr) return;
    start_check(*pair, CheckPurpose::connectivity, now);
  }
}

void Agent::start_check(Pair& pair, CheckPurpose purpose, Now now) {
  const bool is_consent = purpose == CheckPurpose::consent;
  Check check{.pair = pair.id,
              .generation = pair.generation,
              .path = pair.path,
              .purpose = purpose,
              .role = role_,
              .sent_at = now.monotonic,
              .deadline = now.monotonic +
                          (is_consent ? options_.disconnected_after : options_.retransmission),
              .wait = std::min(2 * options_.retransmission, options_.retransmission_max),
              .transmissions = 1};
  random_.fill(check.transaction);
  if (is_consent) {
    ++stats_.consent_checks_sent;
    pair.consent_at = now.monotonic + options_.consent_retry;
  } else {
    ++stats_.checks_sent;
    checks_.supersede(pair.id, purpose);
    if (!pair.valid()) pair.state = PairState::in_progress;
    next_check_at_ = std::max(next_check_at_, now.monotonic) + options_.pacing;
  }
  if (pair.valid()) pair.unanswered_since = std::min(pair.unanswered_since, now.monotonic);
  checks_.add(check);
  send_check(check, pair);
}

void Agent::send_check(const Check& check, const Pair& pair) {
  const Credentials* remote = remote_of(check.generation);
  const Credentials* own = local_of(pair.local_generation);
  const Candidate* local = gatherer_.local_end(pair.path.local);
  if (remote == nullptr || own == nullptr || local == nullptr) return;
  const CheckRequest request{
      .transaction = check.transaction,
      .local = own,
      .remote = remote,
      .priority = candidate_priority(CandidateType::peer_reflexive, local_preference(*local)),
      .role = check.role,
      .tie_breaker = tie_breaker_,
      .use_candidate = check.purpose == CheckPurpose::nomination};
  CheckBuffer buffer;
  post(check.path, buffer.first(write_check(request, buffer.bytes)));
}

Instant Agent::find_next_timeout() const {
  Instant next = std::min(gatherer_.next_timeout(), relays_.next_timeout());
  if (state_ == State::failed) return next;
  next = std::min(next, checks_.next_deadline());
  for (const Pair& pair : pairs_.pairs()) next = std::min(next, next_timeout_of(pair));
  if (!remote_) return next;
  const Pair* selected = selected_pair();
  if (selected == nullptr) next = std::min(next, fails_at_);
  if (selected != nullptr && role_ == Role::controlling && !selected->nominated &&
      selected->generation == generation_ && !checks_.has(selected->id, CheckPurpose::nomination)) {
    next = std::min(next, nominate_at_);
  }
  const bool enough = pairs_.valid_count(generation_) > options_.backups_max;
  if (!enough && pairs_.has(PairState::waiting, generation_)) next = std::min(next, next_check_at_);
  if (pairs_.has_triggered()) {
    next = std::min(next, next_check_at_ - burst_max * options_.pacing);
  }
  return next;
}

Instant Agent::next_timeout_of(const Pair& pair) const {
  if (pair.valid()) return std::min(pair.answered_at + options_.consent_expiry, pair.consent_at);
  const bool is_retried = pair.state == PairState::failed && pair.generation == generation_ &&
                          remote_ && selected_ == 0;
  return is_retried ? pair.failed_at + failed_rest : Instant::max();
}

}  // namespace pigeon::ice
