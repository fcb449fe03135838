#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/sdp/line_list.hpp"

namespace pigeon::sdp {

/// What a peer takes that does not say (RFC 8841 section 6.1).
inline constexpr std::uint64_t max_message_size_default = 65'536;

/// Which ways media flows (RFC 8866 section 6.7).
enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

/// Who opens the DTLS association (RFC 8842 section 5): the active side is the DTLS client.
enum class SetupRole : std::uint8_t { active, passive, actpass, holdconn };

/// The word that the text has for it.
std::string_view to_string(Direction direction);
std::string_view to_string(SetupRole setup);

/// The hash of a certificate (RFC 8122 section 5).
struct Fingerprint {
  /// In lower case, such as "sha-256".
  std::string algorithm;
  Bytes value;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// Whether the fingerprint can vouch for a certificate: sha-256, sha-384 or sha-512 of its length.
bool is_verifiable(const Fingerprint& fingerprint);

/// One `m=` section. Text in it holds no line feed; the parser sees to that for what it reads.
struct MediaSection {
  /// "audio", "video", "application", or what else somebody wrote.
  std::string kind;
  /// 0 in a section that is rejected, or offered as `bundle-only`.
  std::uint16_t port = 9;
  /// Such as "UDP/DTLS/SCTP".
  std::string protocol;
  /// Payload types, or "webrtc-datachannel".
  std::vector<std::string> formats;
  /// Whole lines other than attributes, such as "c=IN IP4 0.0.0.0".
  LineList preamble;

  /// Empty if the section has none (RFC 5888).
  std::string mid;
  std::optional<Direction> direction;
  /// Offered without a port of its own (RFC 8843 section 6).
  bool bundle_only = false;
  /// Empty if there is none, own or of the session (RFC 8839 section 5.4).
  std::string ice_ufrag;
  std::string ice_pwd;
  std::vector<std::string> ice_options;
  std::vector<Fingerprint> fingerprints;
  std::optional<SetupRole> setup;
  /// RFC 8841 section 5; read from the `m=` line in the form before it.
  std::optional<std::uint16_t> sctp_port;
  /// Bytes; 0 is no limit (RFC 8841 section 6).
  std::optional<std::uint64_t> max_message_size;
  /// What follows "a=candidate:"; its meaning is ICE's affair.
  std::vector<std::string> candidates;
  bool end_of_candidates = false;
  /// Every other attribute, what follows "a=".
  LineList attributes;

  friend bool operator==(const MediaSection&, const MediaSection&) = default;
};

/// What a peer offers or answers (RFC 8866, as RFC 8829 uses it). ICE and DTLS attributes of the
/// session are not kept here: reading puts them into the sections they apply to.
struct SessionDescription {
  std::string user = "-";
  std::uint64_t session_id = 0;
  std::uint64_t session_version = 0;
  /// The last three fields of `o=`.
  std::string origin_address = "IN IP4 127.0.0.1";
  std::string name = "-";
  /// Whole lines other than attributes, such as "t=0 0".
  LineList preamble;
  /// The mids of each BUNDLE group (RFC 8843); the first of a group is the tagged one.
  std::vector<std::vector<std::string>> bundles;
  bool ice_lite = false;
  /// Every other attribute of the session, what follows "a=".
  LineList attributes;
  std::vector<MediaSection> media;

  friend bool operator==(const SessionDescription&, const SessionDescription&) = default;
};

/// Whether the section is for data channels, in the form of RFC 8841 or the one before it.
bool is_data_section(const MediaSection& section);

/// Whether `m=` says DTLS/SCTP with the port as its format, as before RFC 8841.
bool is_old_data_section(const MediaSection& section);

/// The index of the section of that mid; an empty mid is nobody's.
std::optional<std::size_t> find_section(const SessionDescription& description,
                                        std::string_view mid);

}  // namespace pigeon::sdp
