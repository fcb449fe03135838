#include "rtc/sdp/parse.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "rtc/sdp/attribute_reader.hpp"

namespace pigeon::sdp {
namespace {

using detail::read_number;
using detail::split_words;

/// Formats of one `m=` line that are kept.
constexpr std::size_t formats_max = 512;

/// Nothing, or what is wrong with a line.
using Fault = std::optional<SdpErrorKind>;

class Parser {
 public:
  Result<SessionDescription, SdpError> parse(std::string_view text);

 private:
  Fault read_line(std::string_view line);
  Fault read_version(std::string_view value);
  Fault read_origin(std::string_view value);
  Fault read_media_line(std::string_view value);
  Fault read_attribute(std::string_view attribute);
  Fault read_session_attribute(std::string_view attribute);
  Fault read_bundle(std::string_view mids);
  Fault check_mids() const;
  void inherit();

  SessionDescription description_;
  // What the session says for sections without their own.
  MediaSection session_;
  bool has_version_ = false;
  bool has_origin_ = false;
};

Result<SessionDescription, SdpError> Parser::parse(std::string_view text) {
  if (text.size() > text_bytes_max) return Unexpected(SdpError{1, SdpErrorKind::too_large});
  std::size_t number = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (++number > lines_max) return Unexpected(SdpError{number, SdpErrorKind::too_many_lines});
    if (const Fault fault = read_line(line)) return Unexpected(SdpError{number, *fault});
  }
  if (!has_version_) return Unexpected(SdpError{number + 1, SdpErrorKind::bad_version});
  if (!has_origin_) return Unexpected(SdpError{number + 1, SdpErrorKind::bad_origin});
  if (const Fault fault = check_mids()) return Unexpected(SdpError{number, *fault});
  inherit();
  return std::move(description_);
}

Fault Parser::read_line(std::string_view line) {
  if (line.empty()) return std::nullopt;
  if (line.size() > line_bytes_max) return SdpErrorKind::line_too_long;
  // RFC 8866 section 9: a byte-string has neither; the line feed ended the line.
  if (line.find('\0') != std::string_view::npos || line.find('\r') != std::string_view::npos) {
    return SdpErrorKind::bad_character;
  }
  if (line.size() < 2 || line[1] != '=') return SdpErrorKind::bad_line;
  const std::string_view value = line.substr(2);
  if (line[0] == 'v') return read_version(value);
  if (!has_version_) return SdpErrorKind::bad_version;
  if (line[0] == 'o') return read_origin(value);
  if (line[0] == 'm') return read_media_line(value);
  if (line[0] == 'a') return read_attribute(value);
  if (line[0] == 's' && description_.media.empty()) {
    description_.name = value;
    return std::nullopt;
  }
  (description_.media.empty() ? description_.preamble : description_.media.back().preamble)
      .add(line);
  return std::nullopt;
}

Fault Parser::read_version(std::string_view value) {
  if (has_version_ || value != "0") return SdpErrorKind::bad_version;
  has_version_ = true;
  return std::nullopt;
}

Fault Parser::read_origin(std::string_view value) {
  const std::vector<std::string> words = split_words(value, 6);
  if (has_origin_ || words.size() != 6) return SdpErrorKind::bad_origin;
  const auto id = read_number(words[1]);
  const auto version = read_number(words[2]);
  if (!id || !version) return SdpErrorKind::bad_origin;
  has_origin_ = true;
  description_.user = words[0];
  description_.session_id = *id;
  description_.session_version = *version;
  description_.origin_address = words[3] + " " + words[4] + " " + words[5];
  return std::nullopt;
}

Fault Parser::read_media_line(std::string_view value) {
  if (!has_origin_) return SdpErrorKind::bad_origin;
  if (description_.media.size() == media_sections_max) return SdpErrorKind::too_many_sections;
  std::vector<std::string> words = split_words(value, formats_max + 3);
  if (words.size() < 4) return SdpErrorKind::bad_media_line;
  // RFC 8866 section 5.14: a number of ports may follow a slash; WebRTC has no use for it.
  const auto port = read_number(std::string_view(words[1]).substr(0, words[1].find('/')));
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
    return SdpErrorKind::bad_media_line;
  }
  MediaSection& section = description_.media.emplace_back();
  section.kind = std::move(words[0]);
  section.port = static_cast<std::uint16_t>(*port);
  section.protocol = std::move(words[2]);
  words.erase(words.begin(), words.begin() + 3);
  if (words.size() > formats_max) words.resize(formats_max);
  section.formats = std::move(words);
  if (!is_old_data_section(section)) return std::nullopt;
  const auto sctp_port = read_number(section.formats.front());
  if (!sctp_port || *sctp_port > std::numeric_limits<std::uint16_t>::max()) {
    return SdpErrorKind::bad_sctp_port;
  }
  section.sctp_port = static_cast<std::uint16_t>(*sctp_port);
  return std::nullopt;
}

Fault Parser::read_attribute(std::string_view attribute) {
  if (description_.media.empty()) return read_session_attribute(attribute);
  MediaSection& section = description_.media.back();
  auto taken = detail::read_transport_attribute(section, attribute);
  if (taken && !*taken) taken = detail::read_section_attribute(section, attribute);
  if (!taken) return taken.error();
  if (!*taken) section.attributes.add(attribute);
  return std::nullopt;
}

Fault Parser::read_session_attribute(std::string_view attribute) {
  constexpr std::string_view bundle = "group:BUNDLE";
  if (attribute == bundle) return read_bundle({});
  if (attribute.starts_with(bundle) && attribute[bundle.size()] == ' ') {
    return read_bundle(attribute.substr(bundle.size()));
  }
  if (attribute == "ice-lite") {
    description_.ice_lite = true;
    return std::nullopt;
  }
  const auto taken = detail::read_transport_attribute(session_, attribute);
  if (!taken) return taken.error();
  if (!*taken) description_.attributes.add(attribute);
  return std::nullopt;
}

Fault Parser::read_bundle(std::string_view mids) {
  if (description_.bundles.size() == bundles_max) return SdpErrorKind::bad_group;
  std::vector<std::string> words = split_words(mids, bundles_max);
  if (words.size() > bundles_max) return SdpErrorKind::bad_group;
  description_.bundles.push_back(std::move(words));
  return std::nullopt;
}

Fault Parser::check_mids() const {
  const auto& media = description_.media;
  for (std::size_t i = 0; i < media.size(); ++i) {
    // RFC 5888 section 4: a mid stands for one section.
    if (!media[i].mid.empty() && find_section(description_, media[i].mid) != i) {
      return SdpErrorKind::repeated_mid;
    }
  }
  return std::nullopt;
}

void Parser::inherit() {
  for (MediaSection& section : description_.media) {
    if (section.ice_ufrag.empty()) section.ice_ufrag = session_.ice_ufrag;
    if (section.ice_pwd.empty()) section.ice_pwd = session_.ice_pwd;
    if (section.ice_options.empty()) section.ice_options = session_.ice_options;
    if (section.fingerprints.empty()) section.fingerprints = session_.fingerprints;
    if (!section.setup) section.setup = session_.setup;
  }
}

}  // namespace

std::string_view to_string(SdpErrorKind kind) {
  switch (kind) {
    case SdpErrorKind::too_large:
      return "the session description is too large";
    case SdpErrorKind::too_many_lines:
      return "the session description has too many lines";
    case SdpErrorKind::line_too_long:
      return "the line is too long";
    case SdpErrorKind::bad_character:
      return "the line has a character that must not be in text";
    case SdpErrorKind::bad_line:
      return "the line does not begin with a letter and '='";
    case SdpErrorKind::bad_version:
      return "a session description begins with v=0, once";
    case SdpErrorKind::bad_origin:
      return "a session description has one o= line of six fields before its media";
    case SdpErrorKind::bad_media_line:
      return "an m= line needs a kind, a port, a protocol and a format";
    case SdpErrorKind::too_many_sections:
      return "the session description has too many m= lines";
    case SdpErrorKind::bad_group:
      return "there are too many BUNDLE groups, or mids in one";
    case SdpErrorKind::bad_mid:
      return "the mid is empty, too long, or has a space";
    case SdpErrorKind::repeated_mid:
      return "two m= lines have the same mid";
    case SdpErrorKind::bad_ice_attribute:
      return "the ICE attribute is too long or has a space";
    case SdpErrorKind::bad_fingerprint:
      return "the fingerprint does not have the bytes of its hash function";
    case SdpErrorKind::bad_setup:
      return "the setup role is not one of active, passive, actpass, holdconn";
    case SdpErrorKind::bad_sctp_port:
      return "the SCTP port is not a number from 0 to 65535";
  }
  return "unknown error";
}

std::string to_text(const SdpError& error) {
  return "line " + std::to_string(error.line) + ": " + std::string(to_string(error.what));
}

Result<SessionDescription, SdpError> parse(std::string_view text) { return Parser().parse(text); }

}  // namespace pigeon::sdp
