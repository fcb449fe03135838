#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "pigeon/result.hpp"
#include "pigeon/rtc_types.hpp"
#include "rtc/sdp/session_description.hpp"

namespace pigeon::sdp {

/// How far offer and answer have come.
using SignalingPhase = rtc::SignalingState;
/// What a description is set as.
using DescriptionType = rtc::SdpType;

/// Why a description cannot be set now.
enum class SignalingError : std::uint8_t {
  closed,
  /// We have the other side's offer, which wants an answer or a rollback first.
  offer_while_remote_offer,
  /// An answer or a provisional one came while we have an offer out, or the other way round.
  offer_while_answering,
  /// There is no offer that the answer could be to.
  answer_without_offer,
  nothing_to_roll_back,
};

/// The names of the W3C.
/// The error in words.
std::string_view to_string(SignalingError error);

/// Offers and answers of both sides (RFC 8829 section 3.2). A value: copying it keeps the past.
class SignalingState {
 public:
  /// Sets a description of ours. That of a rollback is not looked at; a rollback takes back the
  /// offer that is pending, whoever made it (RFC 8829 section 4.1.10.2).
  Result<void, SignalingError> set_local(DescriptionType type, SessionDescription description);

  /// Sets a description of the other side. An offer of theirs while ours is pending takes ours back
  /// first, as the polite side of perfect negotiation wants it; the impolite side does not set it.
  Result<void, SignalingError> set_remote(DescriptionType type, SessionDescription description);

  /// Ends it; nothing can be set any more. What was set stays readable.
  void close();

  SignalingPhase phase() const { return phase_; }

  /// Agreed upon; null before the first answer. Valid until the next change.
  const SessionDescription* current_local() const { return address(current_local_); }
  const SessionDescription* current_remote() const { return address(current_remote_); }
  /// Under negotiation; null if there is none. Valid until the next change.
  const SessionDescription* pending_local() const { return address(pending_local_); }
  const SessionDescription* pending_remote() const { return address(pending_remote_); }
  /// The pending one, or else the current one.
  const SessionDescription* local() const;
  const SessionDescription* remote() const;

 private:
  enum class Side : std::uint8_t { local, remote };

  static const SessionDescription* address(const std::optional<SessionDescription>& held) {
    return held ? &*held : nullptr;
  }

  Result<void, SignalingError> set(Side side, DescriptionType type, SessionDescription description);
  Result<void, SignalingError> set_offer(Side side, SessionDescription description);
  Result<void, SignalingError> set_answer(Side side, DescriptionType type,
                                          SessionDescription description);
  Result<void, SignalingError> roll_back();
  void drop_pending();

  SignalingPhase phase_ = SignalingPhase::stable;
  std::optional<SessionDescription> current_local_;
  std::optional<SessionDescription> current_remote_;
  std::optional<SessionDescription> pending_local_;
  std::optional<SessionDescription> pending_remote_;
};

}  // namespace pigeon::sdp
