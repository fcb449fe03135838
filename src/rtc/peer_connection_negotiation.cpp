#include <algorithm>
#include <utility>

#include "rtc/peer_connection.hpp"

// Offers, answers and candidates: what the two sides agree on.

namespace pigeon::rtc {

namespace {

RemoteTransport remote_transport(const sdp::RemoteParameters& agreed) {
  RemoteTransport remote;
  for (const sdp::Fingerprint& fingerprint : agreed.fingerprints) {
    remote.fingerprints.push_back({fingerprint.algorithm, fingerprint.value});
  }
  remote.local_role = agreed.is_dtls_client ? dtls::Role::client : dtls::Role::server;
  if (agreed.data) remote.sctp_port = agreed.data->sctp_port;
  return remote;
}

RtcError invalid_state(std::string message) {
  return {RtcErrorKind::invalid_state, std::move(message)};
}

}  // namespace

const ice::Credentials& PeerConnection::next_credentials() const {
  return restart_credentials_ ? *restart_credentials_ : transport_.ice().local_credentials();
}

Result<SessionDescription, RtcError> PeerConnection::create_offer(bool restarts_ice) {
  restart_credentials_.reset();
  if (restarts_ice && is_started_) restart_credentials_ = ice::make_credentials(random_);
  const ice::Credentials& credentials = next_credentials();
  return negotiator_.create_offer(credentials.ufrag, credentials.password);
}

Result<SessionDescription, RtcError> PeerConnection::create_answer() {
  // RFC 8839 section 4.4.3.1.1: new credentials are answered with new ones.
  if (negotiator_.is_restart_offered() && !restart_credentials_) {
    restart_credentials_ = ice::make_credentials(random_);
  }
  const ice::Credentials& credentials = next_credentials();
  return negotiator_.create_answer(credentials.ufrag, credentials.password);
}

Result<void, RtcError> PeerConnection::set_local_description(const SessionDescription& description,
                                                             Now now) {
  auto done = negotiator_.set_local(description);
  if (!done) return done;
  if (description.type == SdpType::rollback) {
    take_offer_back(now);
  } else {
    if (!is_started_ && description.type == SdpType::offer) {
      transport_.ice().set_role(ice::Role::controlling);
    }
    if (restart_credentials_) restart_ice(now);
    start_gathering(now);
  }
  after_negotiation(now);
  return {};
}

Result<SessionDescription, RtcError> PeerConnection::set_local_description(Now now) {
  const bool has_remote_offer = negotiator_.phase() == sdp::SignalingPhase::have_remote_offer ||
                                negotiator_.phase() == sdp::SignalingPhase::have_local_pranswer;
  auto description = has_remote_offer ? create_answer() : create_offer();
  if (!description) return description;
  const auto done = set_local_description(*description, now);
  if (!done) return Unexpected(done.error());
  return description;
}

Result<void, RtcError> PeerConnection::set_remote_description(const SessionDescription& description,
                                                              Now now) {
  const auto phase_before = negotiator_.phase();
  auto done = negotiator_.set_remote(description);
  if (!done) return done;
  const bool is_rollback = description.type == SdpType::rollback;
  const bool has_offered = phase_before == sdp::SignalingPhase::have_local_offer;
  const bool is_offer = description.type == SdpType::offer;
  if (is_rollback || (is_offer && has_offered)) take_offer_back(now);
  if (is_offer) {
    restart_credentials_.reset();
    early_candidates_.clear();
    if (!is_started_) transport_.ice().set_role(ice::Role::controlled);
  }
  after_negotiation(now);
  return {};
}

/// An ICE restart that it began is off.
void PeerConnection::take_offer_back(Now now) {
  restart_credentials_.reset();
  early_candidates_.clear();
  const std::string ufrag = local_ufrag();
  transport_.ice().cancel_restart(now);
  if (local_ufrag() != ufrag) local_candidates_.clear();
}

void PeerConnection::after_negotiation(Now now) {
  note_signaling_state();
  apply_agreement(now);
  note_negotiation_needed();
  update(now);
}

void PeerConnection::apply_agreement(Now now) {
  if (negotiator_.agreed_count() == applied_count_) return;
  applied_count_ = negotiator_.agreed_count();
  is_started_ = true;
  const sdp::RemoteParameters& agreed = *negotiator_.agreed();
  ice::Agent& agent = transport_.ice();
  agent.set_remote({agreed.ice_ufrag, agreed.ice_pwd}, agreed.ice_lite, now);
  for (const std::string& text : agreed.candidates) {
    const auto candidate = ice::parse_candidate(text);
    if (candidate) agent.add_remote_candidate(*candidate, now);
  }
  if (agreed.end_of_candidates) agent.end_of_remote_candidates(now);
  for (const auto& candidate : std::exchange(early_candidates_, {})) {
    add_remote_candidate(candidate, now);
  }
  transport_.set_remote(remote_transport(agreed), now);
}

void PeerConnection::restart_ice(Now now) {
  transport_.ice().restart(*std::exchange(restart_credentials_, std::nullopt), now);
  local_candidates_.clear();
  set_gathering_state(IceGatheringState::gathering);
}

Result<void, RtcError> PeerConnection::add_ice_candidate(const IceCandidate& candidate, Now now) {
  if (is_over_) return Unexpected(invalid_state("The connection is closed."));
  if (negotiator_.state().remote() == nullptr) {
    return Unexpected(
        invalid_state("Set the remote description before candidates that belong to it."));
  }
  std::optional<ice::Candidate> one;
  if (!candidate.candidate.empty()) {
    auto parsed = ice::parse_candidate(candidate.candidate);
    if (!parsed) {
      return Unexpected(
          RtcError{RtcErrorKind::syntax, std::string(ice::to_string(parsed.error()))});
    }
    if (!candidate.username_fragment.empty()) parsed->ufrag = candidate.username_fragment;
    one = *std::move(parsed);
  }
  if (!negotiator_.is_restart_offered()) {
    add_remote_candidate(one, now);
  } else if (early_candidates_.size() <= configuration_.transport.ice.remote_candidates_max) {
    early_candidates_.push_back(std::move(one));
  }
  update(now);
  return {};
}

void PeerConnection::add_remote_candidate(const std::optional<ice::Candidate>& candidate, Now now) {
  if (candidate) {
    transport_.ice().add_remote_candidate(*candidate, now);
  } else {
    transport_.ice().end_of_remote_candidates(now);
  }
}

std::optional<SessionDescription> PeerConnection::local_description() const {
  return negotiator_.local_with_candidates(local_candidates_,
                                           gathering_state_ == IceGatheringState::complete);
}

void PeerConnection::note_signaling_state() {
  const SignalingState state = signaling_state();
  if (state == std::exchange(signaling_state_, state)) return;
  events_.emplace_back(SignalingStateChanged{state});
}

void PeerConnection::note_negotiation_needed() {
  // W3C WebRTC section 4.7.3: said once, in a stable state, and again after each negotiation that
  // has not brought what is wanted.
  const bool is_needed = !channels_.empty() && !negotiator_.has_data_section();
  const bool is_stable = negotiator_.phase() == sdp::SignalingPhase::stable;
  if (is_needed && is_stable && !is_negotiation_noted_) events_.emplace_back(NegotiationNeeded{});
  is_negotiation_noted_ = is_needed && is_stable;
}

SignalingState PeerConnection::signaling_state() const { return negotiator_.phase(); }

}  // namespace pigeon::rtc
