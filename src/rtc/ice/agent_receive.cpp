#include <algorithm>
#include <array>

#include "rtc/ice/agent.hpp"
#include "rtc/ice/stun/message.hpp"

namespace pigeon::ice {

namespace {

/// Whether it is a Binding message, which no TURN allocation has a use for.
bool is_binding(BytesView datagram) {
  if (!is_stun(datagram)) return false;
  const auto message = decode_stun(datagram);
  return message && message->method() == StunMethod::binding;
}

}  // namespace

Received Agent::receive(const AddressPair& path, BytesView datagram, Now now) {
  // A server may be both a STUN and a TURN server.
  if (state_ != State::closed && relays_.serves(path) && !is_binding(datagram)) {
    return receive_relayed(relays_.receive(path, datagram, now), now);
  }
  return receive_from_peer(path, datagram, now);
}

Received Agent::receive_from_peer(const AddressPair& path, BytesView datagram, Now now) {
  if (state_ == State::closed || gatherer_.local_end(path.local) == nullptr) {
    ++stats_.dropped_unknown_source;
    return {Input::dropped, {}};
  }
  if (is_stun(datagram)) {
    const Input input = receive_stun(path, datagram, now);
    if (input == Input::consumed) advance(now);
    return {input, {}};
  }
  const Pair* selected = selected_pair();
  if (selected != nullptr && selected->path == path) return {Input::application, datagram};
  const bool is_known =
      std::any_of(unmatched_checks_.begin(), unmatched_checks_.end(),
                  [&](const UnmatchedCheck& check) { return check.path == path; });
  if (!is_known && !pairs_.accepts_data_from(path)) {
    ++stats_.dropped_unknown_source;
    return {Input::dropped, {}};
  }
  return {Input::application, datagram};
}

Input Agent::receive_stun(const AddressPair& path, BytesView datagram, Now now) {
  const auto message = decode_stun(datagram);
  if (!message) {
    ++stats_.dropped_malformed;
    return Input::dropped;
  }
  if (message->method() == StunMethod::binding) {
    switch (message->message_class()) {
      case StunClass::request:
        return receive_request(path, *message, now);
      case StunClass::success:
      case StunClass::error:
        return gatherer_.receive(path, *message) ? Input::consumed
                                                 : receive_answer(path, *message, now);
      case StunClass::indication:
        // RFC 8445 section 11: keeps a mapping open and says nothing.
        return Input::consumed;
    }
  }
  ++stats_.dropped_unexpected;
  return Input::dropped;
}

/// The generation of those of our credentials that a request has been signed with.
std::optional<std::uint32_t> Agent::proven_generation(const StunMessage& message) const {
  // RFC 8445 section 7.2.2: two fragments of up to 256 characters and a colon.
  constexpr std::size_t username_size_max = 513;
  const auto username = message.text(StunAttribute::username);
  if (!username || username->size() > username_size_max) return std::nullopt;
  const std::string_view ufrag = username->substr(0, username->find(':'));
  const bool is_past = past_ && ufrag == past_->local.ufrag;
  if (!is_past && ufrag != local_.ufrag) return std::nullopt;
  const Credentials& used = is_past ? past_->local : local_;
  if (!message.integrity_matches(as_bytes(used.password))) return std::nullopt;
  return is_past ? past_->number : generation_;
}

// RFC 8445 section 7.3. Who has not proven to know the password is not answered, unlike RFC 8489
// section 9.1.3 has it, so that a forged source address earns nothing.
Input Agent::receive_request(const AddressPair& path, const StunMessage& message, Now now) {
  const auto local_generation = proven_generation(message);
  const auto priority = message.u32(StunAttribute::priority);
  if (!local_generation || !priority) {
    ++(local_generation ? stats_.dropped_malformed : stats_.dropped_unauthenticated);
    return Input::dropped;
  }
  const std::string& password = local_of(*local_generation)->password;
  const Candidate* const local = gatherer_.local_end(path.local);
  if (local == nullptr || !may_use(*local)) {
    ++stats_.dropped_unexpected;
    return Input::dropped;
  }
  ++stats_.checks_received;
  CheckBuffer buffer;
  std::array<StunAttribute, 1> unknown{};
  if (message.unknown_required(unknown) != 0) {
    const auto code = stun_error::unknown_attribute;
    post(path, buffer.first(write_refusal(message, code, password, buffer.bytes)));
    return Input::consumed;
  }
  if (!settle_roles(path, message, password)) return Input::consumed;

  const TransactionId id = message.transaction();
  post(path, buffer.first(write_answer(id, path.remote, password, buffer.bytes)));
  const std::string_view username = *message.text(StunAttribute::username);
  const std::size_t colon = std::min(username.find(':'), username.size() - 1);
  learn_from({.path = path,
              .local_generation = *local_generation,
              .remote_ufrag = std::string(username.substr(colon + 1)),
              .priority = *priority,
              .use_candidate = message.has(StunAttribute::use_candidate)},
             now);
  return Input::consumed;
}

// RFC 8445 section 7.3.1.1.
bool Agent::settle_roles(const AddressPair& path, const StunMessage& message,
                         const std::string& password) {
  const bool controlling = role_ == Role::controlling;
  const auto other =
      message.u64(controlling ? StunAttribute::ice_controlling : StunAttribute::ice_controlled);
  if (!other) return true;
  ++stats_.role_conflicts;
  const bool we_control = tie_breaker_ >= *other;
  if (we_control != controlling) {
    become(we_control ? Role::controlling : Role::controlled);
    return true;
  }
  CheckBuffer buffer;
  const auto code = stun_error::role_conflict;
  post(path, buffer.first(write_refusal(message, code, password, buffer.bytes)));
  return false;
}

void Agent::remember(const UnmatchedCheck& check) {
  std::erase_if(unmatched_checks_, [&](const UnmatchedCheck& known) {
    return known.path == check.path && known.remote_ufrag == check.remote_ufrag;
  });
  if (unmatched_checks_.size() == unmatched_checks_max)
    unmatched_checks_.erase(unmatched_checks_.begin());
  unmatched_checks_.push_back(check);
}

// RFC 8445 sections 7.3.1.3 and 7.3.1.4.
void Agent::learn_from(const UnmatchedCheck& check, Now now) {
  if (!remote_ || check.remote_ufrag != remote_->ufrag) {
    return remember(check);
  }
  Pair* pair = pairs_.find(check.path, generation_);
  if (pair == nullptr) {
    const Candidate* local = gatherer_.local_end(check.path.local);
    // The address has gone since the check came.
    if (local == nullptr) return;
    const Candidate* remote = remote_candidate(check.path.remote);
    pair =
        pairs_.add({.generation = generation_,
                    .local_generation = check.local_generation,
                    .path = check.path,
                    .local_type = local->type,
                    .local_priority = local->priority,
                    .remote_type = remote != nullptr ? remote->type : CandidateType::peer_reflexive,
                    .remote_priority = remote != nullptr ? remote->priority : check.priority},
                   role_);
    if (pair == nullptr) {
      ++stats_.pairs_ignored;
      return;
    }
  }
  if (pair->local_type == CandidateType::relayed) relays_.permit(check.path, now);
  pair->authenticated = true;
  pair->local_generation = check.local_generation;
  if (check.use_candidate && role_ == Role::controlled) accept_nomination(*pair, now);
  if (pair->valid()) return;
  pair->state = PairState::waiting;
  checks_.supersede(pair->id, CheckPurpose::connectivity);
  pairs_.trigger(*pair);
}

// RFC 8445 section 7.3.1.5. Agents of RFC 5245 nominate with every check; then the highest priority
// counts. Later ones mean a change of mind, as browsers have when a path gets better or dies.
void Agent::accept_nomination(Pair& pair, Now now) {
  constexpr Duration settled_after = 2s;
  if (!pair.valid()) {
    pair.nominate_on_success = true;
    return;
  }
  const auto pairs = pairs_.pairs();
  const auto rival = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& other) {
    return other.nominated && other.generation == pair.generation && other.id != pair.id;
  });
  const bool accepted = rival == pairs.end() || pair.priority > rival->priority ||
                        now.monotonic - rival->nominated_at > settled_after ||
                        !healthy(*rival, now);
  if (accepted) pairs_.nominate(pair, now);
}

/// Null if they are forgotten.
const Credentials* Agent::local_of(std::uint32_t generation) const {
  if (generation == generation_) return &local_;
  return past_ && past_->number == generation ? &past_->local : nullptr;
}

const Credentials* Agent::remote_of(std::uint32_t generation) const {
  if (generation == generation_) return remote_ ? &*remote_ : nullptr;
  const bool known = past_ && past_->number == generation && past_->remote;
  return known ? &*past_->remote : nullptr;
}

Input Agent::receive_answer(const AddressPair& path, const StunMessage& message, Now now) {
  const Check* found = checks_.find(message.transaction());
  if (found == nullptr) {
    ++stats_.dropped_unexpected;
    return Input::dropped;
  }
  const Check check = *found;
  const Credentials* remote = remote_of(check.generation);
  if (remote == nullptr || !message.integrity_matches(as_bytes(remote->password))) {
    ++stats_.dropped_unauthenticated;
    return Input::dropped;
  }
  ++stats_.answers_received;
  checks_.remove(check.transaction);
  Pair* pair = pairs_.find(check.pair);
  if (pair == nullptr) return Input::consumed;
  // RFC 8445 section 7.2.5.2.1: the way back has to be the way there.
  if (path != check.path) {
    if (!pair->valid()) fail(*pair, now);
  } else if (message.message_class() == StunClass::success) {
    succeed(*pair, check, message, now);
  } else {
    refused(*pair, check, message, now);
  }
  return Input::consumed;
}

// RFC 8445 section 7.2.5.3.
void Agent::succeed(Pair& pair, const Check& check, const StunMessage& answer, Now now) {
  const bool first = !pair.valid();
  pair.state = PairState::succeeded;
  pair.answered_at = now.monotonic;
  pair.unanswered_since = Instant::max();
  if (check.transmissions == 1) pair.round_trip = now.monotonic - check.sent_at;
  if (const auto mapped = answer.mapped_address()) pair.mapped = mapped;
  // RFC 7675 section 5.1: each interval is drawn anew, so that checks do not fall into step.
  const auto interval = static_cast<std::uint64_t>(options_.consent_interval.count());
  const Instant at =
      now.monotonic + Duration(interval * 4 / 5 + random_.below(interval * 2 / 5 + 1));
  pair.consent_at = at - at.time_since_epoch() % options_.consent_step;
  checks_.supersede(pair.id, CheckPurpose::connectivity);
  if (check.purpose == CheckPurpose::nomination && role_ == Role::controlling) {
    pairs_.nominate(pair, now);
  }
  if (std::exchange(pair.nominate_on_success, false) && role_ == Role::controlled) {
    accept_nomination(pair, now);
  }
  if (first && pair.generation == generation_ && nominate_at_ == Instant::max()) {
    nominate_at_ = now.monotonic + options_.nomination_wait;
  }
}

// RFC 8445 section 7.2.5.1.
void Agent::refused(Pair& pair, const Check& check, const StunMessage& answer, Now now) {
  const auto error = answer.error_code();
  if (error && error->code == stun_error::role_conflict) {
    ++stats_.role_conflicts;
    if (check.role == role_) {
      become(role_ == Role::controlling ? Role::controlled : Role::controlling);
    }
    tie_breaker_ = random_.next_u64();
    if (pair.valid()) return;
    pair.state = PairState::waiting;
    pairs_.trigger(pair);
    return;
  }
  // RFC 7675 section 5.1: 403 withdraws consent. Other refusals of a valid pair count as silence.
  const bool withdrawn = error && error->code == stun_error::forbidden;
  if (!pair.valid() || withdrawn) fail(pair, now);
}

}  // namespace pigeon::ice
