#include "rtc/negotiator.hpp"

#include <algorithm>
#include <utility>

#include "rtc/sdp/parse.hpp"
#include "rtc/sdp/write.hpp"

namespace pigeon::rtc {

namespace {

using sdp::SignalingPhase;

bool is_answer(SdpType type) { return type == SdpType::answer || type == SdpType::pranswer; }

RtcError unusable(sdp::NegotiationError error) {
  return {RtcErrorKind::unusable, std::string(sdp::to_string(error))};
}

/// RFC 8842 section 5.5: with another certificate, or with the roles swapped, the other side wants
/// a DTLS association in place of the one there is. Ours carries the data channels and stays.
RtcError another_association() {
  return {
      RtcErrorKind::unusable,
      "The description changes the DTLS certificate or role of the connection. Make a new one."};
}

bool shares_fingerprint(const sdp::RemoteParameters& before, const sdp::RemoteParameters& after) {
  return std::ranges::find_first_of(before.fingerprints, after.fingerprints) !=
         before.fingerprints.end();
}

}  // namespace

RtcError signaling_error(sdp::SignalingError error) {
  return {RtcErrorKind::invalid_state, std::string(sdp::to_string(error))};
}

Result<SessionDescription, RtcError> Negotiator::create_offer(std::string_view ufrag,
                                                              std::string_view pwd) {
  if (phase() == SignalingPhase::closed)
    return Unexpected(signaling_error(sdp::SignalingError::closed));
  sdp::LocalParameters parameters = parameters_;
  parameters.ice_ufrag = ufrag;
  parameters.ice_pwd = pwd;
  parameters.previous = state_.current_local();
  return created(SdpType::offer, sdp::make_offer(parameters));
}

Result<SessionDescription, RtcError> Negotiator::create_answer(std::string_view ufrag,
                                                               std::string_view pwd) {
  const bool has_offer = phase() == SignalingPhase::have_remote_offer ||
                         phase() == SignalingPhase::have_local_pranswer;
  if (!has_offer) return Unexpected(signaling_error(sdp::SignalingError::answer_without_offer));
  sdp::LocalParameters parameters = parameters_;
  parameters.ice_ufrag = ufrag;
  parameters.ice_pwd = pwd;
  parameters.previous = state_.current_local();
  return created(SdpType::answer, sdp::make_answer(*state_.pending_remote(), parameters));
}

Result<SessionDescription, RtcError> Negotiator::created(SdpType type,
                                                         sdp::SessionDescription description) {
  last_created_type_ = type;
  last_created_text_ = sdp::write(description);
  last_created_ = std::move(description);
  return SessionDescription{type, last_created_text_};
}

Result<void, RtcError> Negotiator::set_local(const SessionDescription& description) {
  if (description.type == SdpType::rollback) {
    const auto done = state_.set_local(SdpType::rollback, {});
    if (!done) return Unexpected(signaling_error(done.error()));
    return {};
  }
  // RFC 8829 section 5.4: what was created may not be changed before it is set.
  const bool fits = is_answer(description.type) == is_answer(last_created_type_);
  if (!last_created_ || !fits || description.sdp != last_created_text_) {
    return Unexpected(RtcError{RtcErrorKind::modified,
                               "A local description must be set as it was created last."});
  }
  sdp::SignalingState before = state_;
  const auto done = state_.set_local(description.type, *last_created_);
  if (!done) return Unexpected(signaling_error(done.error()));
  if (!is_answer(description.type)) return {};
  const auto agreed = agree(*state_.local(), *state_.remote(), sdp::LocalSide::answerer);
  if (!agreed) state_ = std::move(before);
  return agreed;
}

Result<void, RtcError> Negotiator::set_remote(const SessionDescription& description) {
  if (description.type == SdpType::rollback) {
    const auto done = state_.set_remote(SdpType::rollback, {});
    if (!done) return Unexpected(signaling_error(done.error()));
    return {};
  }
  auto parsed = sdp::parse(description.sdp);
  if (!parsed) return Unexpected(RtcError{RtcErrorKind::syntax, sdp::to_text(parsed.error())});
  if (description.type == SdpType::offer) {
    const auto usable = sdp::read_offer(*parsed);
    if (!usable) return Unexpected(unusable(usable.error()));
    if (agreed_ && !shares_fingerprint(*agreed_, *usable)) return Unexpected(another_association());
  }
  sdp::SignalingState before = state_;
  const auto done = state_.set_remote(description.type, std::move(*parsed));
  if (!done) return Unexpected(signaling_error(done.error()));
  if (!is_answer(description.type)) return {};
  const auto agreed = agree(*state_.local(), *state_.remote(), sdp::LocalSide::offerer);
  if (!agreed) state_ = std::move(before);
  return agreed;
}

Result<void, RtcError> Negotiator::agree(const sdp::SessionDescription& local,
                                         const sdp::SessionDescription& remote,
                                         sdp::LocalSide side) {
  auto agreed = sdp::negotiate(local, remote, side);
  if (!agreed) return Unexpected(unusable(agreed.error()));
  const bool is_same = !agreed_ || (shares_fingerprint(*agreed_, *agreed) &&
                                    agreed_->is_dtls_client == agreed->is_dtls_client);
  if (!is_same) return Unexpected(another_association());
  agreed_ = std::move(*agreed);
  is_offerer_ = side == sdp::LocalSide::offerer;
  ++agreed_count_;
  fix_setup(agreed_->is_dtls_client ? sdp::SetupRole::active : sdp::SetupRole::passive);
  return {};
}

bool Negotiator::is_restart_offered() const {
  if (phase() != SignalingPhase::have_remote_offer || !agreed_) return false;
  const auto offered = sdp::read_offer(*state_.pending_remote());
  return offered && sdp::is_ice_restart(*agreed_, *offered);
}

std::pair<std::uint16_t, std::string> Negotiator::local_section() const {
  if (agreed_) return {static_cast<std::uint16_t>(agreed_->section), agreed_->mid};
  const sdp::SessionDescription* const local = state_.local();
  if (local == nullptr || local->media.empty()) return {std::uint16_t{0}, "0"};
  return {std::uint16_t{0}, local->media.front().mid};
}

std::optional<SessionDescription> Negotiator::local_with_candidates(
    const std::vector<std::string>& candidates, bool is_complete) const {
  constexpr std::string_view prefix = "candidate:";
  const sdp::SessionDescription* const local = state_.local();
  if (local == nullptr) return std::nullopt;
  sdp::SessionDescription description = *local;
  const std::size_t index = local_section().first;
  if (index < description.media.size()) {
    sdp::MediaSection& section = description.media[index];
    for (const std::string& text : candidates)
      section.candidates.push_back(text.substr(prefix.size()));
    section.end_of_candidates = is_complete;
  }
  const bool is_offer = phase() == SignalingPhase::have_local_offer ||
                        (phase() == SignalingPhase::stable && is_offerer_);
  return SessionDescription{is_offer ? SdpType::offer : SdpType::answer, sdp::write(description)};
}

bool Negotiator::has_data_section() const {
  const sdp::SessionDescription* const local = state_.local();
  if (local == nullptr) return false;
  for (const sdp::MediaSection& section : local->media) {
    if (sdp::is_data_section(section)) return true;
  }
  return false;
}

}  // namespace pigeon::rtc
