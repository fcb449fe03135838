#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"
#include "rtc/sdp/session_description.hpp"

namespace pigeon::sdp {

// Bounds of what is read. A browser's offer with every codec has 7 kB, 250 lines and 3 sections.
inline constexpr std::size_t text_bytes_max = 256 * 1'024;
inline constexpr std::size_t lines_max = 8'192;
inline constexpr std::size_t line_bytes_max = 8'192;
inline constexpr std::size_t media_sections_max = 64;
/// BUNDLE groups, and mids in one.
inline constexpr std::size_t bundles_max = 64;
/// Kept of each section; those after them are dropped.
inline constexpr std::size_t candidates_max = 256;
/// Kept of each section; those after them are dropped.
inline constexpr std::size_t fingerprints_max = 8;
/// Characters of a user name fragment, a password, all options (RFC 8839 section 5.4), or a mid.
inline constexpr std::size_t credential_chars_max = 256;

/// Why a text is not a session description.
enum class SdpErrorKind : std::uint8_t {
  too_large,
  too_many_lines,
  line_too_long,
  bad_character,
  bad_line,
  bad_version,
  bad_origin,
  bad_media_line,
  too_many_sections,
  bad_group,
  bad_mid,
  repeated_mid,
  bad_ice_attribute,
  bad_fingerprint,
  bad_setup,
  bad_sctp_port,
};

struct SdpError {
  /// From 1.
  std::size_t line = 0;
  SdpErrorKind what = SdpErrorKind::bad_line;

  friend bool operator==(const SdpError&, const SdpError&) = default;
};

/// The reason in words.
std::string_view to_string(SdpErrorKind kind);
/// A sentence with the number of the line.
std::string to_text(const SdpError& error);

/// Reads a session description; lines end with CRLF or LF. Attributes that are not known are kept,
/// and of one that is repeated but may not be, the last one counts. ICE and DTLS attributes of the
/// session apply to sections without their own (RFC 8839 section 5.4, RFC 8122 section 5).
///
/// `max-message-size` that is no number, such as -1, counts as absent: the peer then gets nothing
/// longer than what everybody must take, where an error would cut it off for a line that it does
/// not need.
Result<SessionDescription, SdpError> parse(std::string_view text);

}  // namespace pigeon::sdp
