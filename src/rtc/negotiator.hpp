#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/result.hpp"
#include "pigeon/rtc_types.hpp"
#include "rtc/sdp/negotiation.hpp"
#include "rtc/sdp/offer_answer.hpp"
#include "rtc/sdp/signaling_state.hpp"

namespace pigeon::rtc {

/// Offers and answers of one connection (RFC 8829): makes them, keeps them in their state, and says
/// what they agree on.
class Negotiator {
 public:
  /// `parameters`: what every description of ours says; the ICE credentials come with each.
  explicit Negotiator(sdp::LocalParameters parameters) : parameters_(std::move(parameters)) {}

  Result<SessionDescription, RtcError> create_offer(std::string_view ufrag, std::string_view pwd);
  Result<SessionDescription, RtcError> create_answer(std::string_view ufrag, std::string_view pwd);

  /// Sets what `create_offer` or `create_answer` has given last, or rolls back.
  Result<void, RtcError> set_local(const SessionDescription& description);
  /// Sets what came from the other side. Nothing changes if it cannot be used.
  Result<void, RtcError> set_remote(const SessionDescription& description);
  void close() { state_.close(); }

  /// What the descriptions set last agree on; nothing before the first answer.
  const std::optional<sdp::RemoteParameters>& agreed() const { return agreed_; }
  /// Counts the answers that were set: whether `agreed` is a new one.
  std::uint64_t agreed_count() const { return agreed_count_; }
  /// The other side's offer waits for our answer and wants new ICE credentials.
  bool is_restart_offered() const;

  sdp::SignalingPhase phase() const { return state_.phase(); }
  const sdp::SignalingState& state() const { return state_; }
  /// Index and mid of the section that our candidates belong to.
  std::pair<std::uint16_t, std::string> local_section() const;
  /// The local description set last, with candidates in its tagged section, each from "candidate:"
  /// on.
  std::optional<SessionDescription> local_with_candidates(
      const std::vector<std::string>& candidates, bool is_complete) const;
  /// Whether a description with a section for data channels is set or on its way.
  bool has_data_section() const;

  /// The DTLS role is fixed from now on: descriptions repeat it (RFC 8842 section 5.2).
  void fix_setup(sdp::SetupRole setup) { parameters_.setup = setup; }

 private:
  Result<SessionDescription, RtcError> created(SdpType type, sdp::SessionDescription description);
  Result<void, RtcError> agree(const sdp::SessionDescription& local,
                               const sdp::SessionDescription& remote, sdp::LocalSide side);

  sdp::LocalParameters parameters_;
  sdp::SignalingState state_;
  std::optional<sdp::SessionDescription> last_created_;
  SdpType last_created_type_ = SdpType::offer;
  std::string last_created_text_;
  std::optional<sdp::RemoteParameters> agreed_;
  std::uint64_t agreed_count_ = 0;
  /// The answer set last was to our offer.
  bool is_offerer_ = false;
};

/// The error of a call that the signaling state does not allow.
RtcError signaling_error(sdp::SignalingError error);

}  // namespace pigeon::rtc
