#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"
#include "pigeon/rtc_types.hpp"
#include "wire/error.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::wire {

// `data` of signals (PeerPigeon protocol, sections 2.4, 4.3 to 4.6).

/// Bytes of a session description that are accepted.
inline constexpr std::size_t sdp_bytes_max = 65'536;
/// Bytes of a candidate line that are accepted.
inline constexpr std::size_t candidate_bytes_max = 1'024;

/// Reads `{"type":"offer"|"answer","sdp":"v=0..."}`. `data` is a part of the text that `reader` has
/// parsed. Errors: another type, or no SDP as upstream checks it (10 characters with `v=0`).
Result<rtc::SessionDescription, WireError> decode_description(std::string_view data,
                                                              JsonReader& reader);
std::string encode_data(const rtc::SessionDescription& description);

/// Reads `{"candidate","sdpMid","sdpMLineIndex","usernameFragment"}`; null and absent members are
/// empty.
Result<rtc::IceCandidate, WireError> decode_candidate(std::string_view data, JsonReader& reader);
std::string encode_data(const rtc::IceCandidate& candidate);

/// The one fingerprint of a description's certificate, as in `sha-256 AB:CD:...` with the hash in
/// lower case and the digits in upper case. Nothing if there is none, or two that differ: then it
/// is not known which certificate the connection has checked.
std::optional<std::string> certificate_fingerprint(std::string_view sdp);

/// Member of an announcement by which peers of this project know each other, as JSON without
/// braces: `"pigeon":1`.
std::string announced_capability();

}  // namespace pigeon::wire
