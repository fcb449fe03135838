#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtc/sdp/session_description.hpp"

namespace pigeon::sdp {

/// What our side says of itself in an offer or an answer.
struct LocalParameters {
  /// Chosen by chance once for a connection, below 2^63 (RFC 8829 section 5.2.1).
  std::uint64_t session_id = 0;
  /// That of the first description; a later one counts up from `previous`.
  std::uint64_t session_version = 1;
  std::string ice_ufrag;
  std::string ice_pwd;
  /// Whether candidates may follow (RFC 8840).
  bool trickle = true;
  std::vector<Fingerprint> fingerprints;
  /// Those gathered already, each what follows "a=candidate:".
  std::vector<std::string> candidates;
  bool end_of_candidates = false;
  std::uint16_t sctp_port = 5'000;
  /// Bytes of the longest message that we take.
  std::uint64_t max_message_size = 262'144;
  /// The DTLS role in use, or wanted: active or passive. Without one an offer says actpass and an
  /// answer active.
  std::optional<SetupRole> setup;
  /// The description of ours before this one, offer or answer; null if there is none. Sections and
  /// mids keep their places, the session its id.
  const SessionDescription* previous = nullptr;
};

/// An offer (RFC 8829 section 5.2): one section for data channels, and, after media of the other
/// side has been answered, those sections as they were.
SessionDescription make_offer(const LocalParameters& parameters);

/// The answer to an offer (RFC 8829 section 5.3). Audio and video of the data channels' bundle are
/// inactive in it, sections outside of it and of other kinds are rejected. The tagged section of
/// the bundle is never rejected, only inactive, so that the tag stays where the offer has it
/// (RFC 8843 section 7.3.1). It is not checked whether the offer is good for a connection:
/// `read_offer` does that.
SessionDescription make_answer(const SessionDescription& offer, const LocalParameters& parameters);

/// The role to answer with: the reverse of a role that the offer fixes, or else `preferred`, or
/// else active (RFC 8842 section 5.3). An offer without one means active (RFC 4145 section 4).
SetupRole answering_setup(std::optional<SetupRole> offered, std::optional<SetupRole> preferred);

}  // namespace pigeon::sdp
