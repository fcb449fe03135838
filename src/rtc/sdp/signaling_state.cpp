#include "rtc/sdp/signaling_state.hpp"

#include <utility>

namespace pigeon::sdp {

std::string_view to_string(SignalingError error) {
  switch (error) {
    case SignalingError::closed:
      return "the connection is closed";
    case SignalingError::offer_while_remote_offer:
      return "the other side's offer is to be answered or rolled back before one of ours";
    case SignalingError::offer_while_answering:
      return "a provisional answer is to be completed before the next offer";
    case SignalingError::answer_without_offer:
      return "there is no offer that this could be the answer to";
    case SignalingError::nothing_to_roll_back:
      return "there is no offer that could be rolled back";
  }
  return "unknown error";
}

Result<void, SignalingError> SignalingState::set_local(DescriptionType type,
                                                       SessionDescription description) {
  return set(Side::local, type, std::move(description));
}

Result<void, SignalingError> SignalingState::set_remote(DescriptionType type,
                                                        SessionDescription description) {
  return set(Side::remote, type, std::move(description));
}

void SignalingState::close() { phase_ = SignalingPhase::closed; }

const SessionDescription* SignalingState::local() const {
  return pending_local_ ? pending_local() : current_local();
}

const SessionDescription* SignalingState::remote() const {
  return pending_remote_ ? pending_remote() : current_remote();
}

Result<void, SignalingError> SignalingState::set(Side side, DescriptionType type,
                                                 SessionDescription description) {
  if (phase_ == SignalingPhase::closed) return Unexpected(SignalingError::closed);
  switch (type) {
    case DescriptionType::offer:
      return set_offer(side, std::move(description));
    case DescriptionType::pranswer:
    case DescriptionType::answer:
      return set_answer(side, type, std::move(description));
    case DescriptionType::rollback:
      return roll_back();
  }
  return roll_back();
}

Result<void, SignalingError> SignalingState::set_offer(Side side, SessionDescription description) {
  const bool is_local = side == Side::local;
  if (phase_ == SignalingPhase::have_local_pranswer ||
      phase_ == SignalingPhase::have_remote_pranswer) {
    return Unexpected(SignalingError::offer_while_answering);
  }
  if (is_local && phase_ == SignalingPhase::have_remote_offer) {
    return Unexpected(SignalingError::offer_while_remote_offer);
  }
  // W3C WebRTC section 4.4.1.5: a remote offer rolls back a local one.
  drop_pending();
  (is_local ? pending_local_ : pending_remote_) = std::move(description);
  phase_ = is_local ? SignalingPhase::have_local_offer : SignalingPhase::have_remote_offer;
  return {};
}

Result<void, SignalingError> SignalingState::set_answer(Side side, DescriptionType type,
                                                        SessionDescription description) {
  const bool is_local = side == Side::local;
  const SignalingPhase offered =
      is_local ? SignalingPhase::have_remote_offer : SignalingPhase::have_local_offer;
  const SignalingPhase provisional =
      is_local ? SignalingPhase::have_local_pranswer : SignalingPhase::have_remote_pranswer;
  if (phase_ != offered && phase_ != provisional) {
    return Unexpected(SignalingError::answer_without_offer);
  }
  auto& pending_answer = is_local ? pending_local_ : pending_remote_;
  pending_answer = std::move(description);
  phase_ = provisional;
  if (type == DescriptionType::pranswer) return {};
  current_local_ = std::move(pending_local_);
  current_remote_ = std::move(pending_remote_);
  drop_pending();
  phase_ = SignalingPhase::stable;
  return {};
}

Result<void, SignalingError> SignalingState::roll_back() {
  // W3C WebRTC section 4.4.1.5: a provisional answer cannot be taken back.
  if (phase_ != SignalingPhase::have_local_offer && phase_ != SignalingPhase::have_remote_offer) {
    return Unexpected(SignalingError::nothing_to_roll_back);
  }
  drop_pending();
  phase_ = SignalingPhase::stable;
  return {};
}

void SignalingState::drop_pending() {
  pending_local_.reset();
  pending_remote_.reset();
}

}  // namespace pigeon::sdp
