#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/result.hpp"
#include "rtc/sdp/session_description.hpp"

namespace pigeon::sdp {

/// Who made the offer.
enum class LocalSide : std::uint8_t { offerer, answerer };

/// Why two descriptions give no connection.
enum class NegotiationError : std::uint8_t {
  nothing_accepted,
  sections_differ,
  application_not_bundled,
  no_ice_credentials,
  bad_ice_ufrag,
  bad_ice_pwd,
  no_fingerprint,
  no_verifiable_fingerprint,
  setup_conflict,
  setup_undecided,
  no_sctp_port,
};

/// The error in words.
std::string_view to_string(NegotiationError error);

/// The part of a remote description that data channels need.
struct DataParameters {
  /// Index of the section, and its mid.
  std::size_t section = 0;
  std::string mid;
  std::uint16_t sctp_port = 5'000;
  /// Bytes of the longest message that the peer takes; the largest number if it sets no limit.
  std::uint64_t max_message_size = max_message_size_default;
};

/// What a connection needs of the remote description.
struct RemoteParameters {
  std::string ice_ufrag;
  std::string ice_pwd;
  bool ice_lite = false;
  /// Whether the peer takes candidates later (RFC 8840).
  bool trickle = false;
  /// Those that can be verified; a certificate must match one of them (RFC 8122 section 5.1).
  std::vector<Fingerprint> fingerprints;
  /// Whether we open the DTLS association.
  bool is_dtls_client = false;
  /// Index and mid of the section that stands for the transport: candidates belong to it.
  std::size_t section = 0;
  std::string mid;
  /// Nothing if the peer wants no data channels.
  std::optional<DataParameters> data;
  /// Each what follows "a=candidate:".
  std::vector<std::string> candidates;
  bool end_of_candidates = false;
};

/// What a remote offer says, before there is an answer; the DTLS role is that which `make_answer`
/// takes by itself.
Result<RemoteParameters, NegotiationError> read_offer(const SessionDescription& offer);

/// What offer and answer agree on. `local_side` says which of the two is the offer.
Result<RemoteParameters, NegotiationError> negotiate(const SessionDescription& local,
                                                     const SessionDescription& remote,
                                                     LocalSide local_side);

/// Whether a later description of the peer asks for an ICE restart (RFC 8839 section 4.4.1.1.1).
bool is_ice_restart(const RemoteParameters& before, const RemoteParameters& after);

}  // namespace pigeon::sdp
