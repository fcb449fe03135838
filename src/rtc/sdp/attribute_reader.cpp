#include "rtc/sdp/attribute_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace pigeon::sdp::detail {
namespace {

/// The longest hash known, sha-512.
constexpr std::size_t fingerprint_bytes_max = 64;
constexpr std::size_t algorithm_chars_max = 32;

using Reader = Taken (*)(MediaSection& section, std::string_view value);

struct KnownAttribute {
  std::string_view name;
  Reader read;
};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& character : lower) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return lower;
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// Pairs of digits with colons between them (RFC 8122 section 5).
std::optional<Bytes> read_fingerprint_value(std::string_view text) {
  if (text.size() % 3 != 2 || text.size() / 3 + 1 > fingerprint_bytes_max) return std::nullopt;
  Bytes bytes;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    if (at + 2 < text.size() && text[at + 2] != ':') return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

bool is_known_hash(std::string_view algorithm) {
  return algorithm == "sha-256" || algorithm == "sha-384" || algorithm == "sha-512";
}

/// A fingerprint of a hash that is not known is kept in any form, as an attribute if need be.
Taken read_fingerprint(MediaSection& section, std::string_view value) {
  const std::size_t space = value.find(' ');
  Fingerprint fingerprint{.algorithm = lower_case(value.substr(0, space))};
  const bool is_known = is_known_hash(fingerprint.algorithm);
  const std::string_view text =
      space == std::string_view::npos ? std::string_view() : value.substr(space + 1);
  auto bytes = read_fingerprint_value(text);
  if (bytes) fingerprint.value = std::move(*bytes);
  if (is_known && !is_verifiable(fingerprint)) return Unexpected(SdpErrorKind::bad_fingerprint);
  if (!bytes || fingerprint.algorithm.empty()) return false;
  if (fingerprint.algorithm.size() > algorithm_chars_max) return false;
  if (section.fingerprints.size() < fingerprints_max) {
    section.fingerprints.push_back(std::move(fingerprint));
  }
  return true;
}

Taken read_setup(MediaSection& section, std::string_view value) {
  for (const SetupRole setup :
       {SetupRole::active, SetupRole::passive, SetupRole::actpass, SetupRole::holdconn}) {
    if (value != to_string(setup)) continue;
    section.setup = setup;
    return true;
  }
  return Unexpected(SdpErrorKind::bad_setup);
}

Taken read_credential(std::string& target, std::string_view value) {
  const bool has_space = value.find(' ') != std::string_view::npos;
  if (value.size() > credential_chars_max || has_space) {
    return Unexpected(SdpErrorKind::bad_ice_attribute);
  }
  target = value;
  return true;
}

Taken read_ufrag(MediaSection& section, std::string_view value) {
  return read_credential(section.ice_ufrag, value);
}

Taken read_pwd(MediaSection& section, std::string_view value) {
  return read_credential(section.ice_pwd, value);
}

Taken read_ice_options(MediaSection& section, std::string_view value) {
  if (value.size() > credential_chars_max) return Unexpected(SdpErrorKind::bad_ice_attribute);
  // RFC 8839 section 5.6 puts spaces between them; libdatachannel puts commas.
  std::string words(value);
  std::replace(words.begin(), words.end(), ',', ' ');
  section.ice_options = split_words(words, words.size());
  return true;
}

Taken read_mid(MediaSection& section, std::string_view value) {
  const bool has_space = value.find(' ') != std::string_view::npos;
  if (value.empty() || value.size() > credential_chars_max || has_space) {
    return Unexpected(SdpErrorKind::bad_mid);
  }
  section.mid = value;
  return true;
}

Taken read_sctp_port(MediaSection& section, std::string_view value) {
  if (is_old_data_section(section)) return false;
  const auto port = read_number(value);
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
    return Unexpected(SdpErrorKind::bad_sctp_port);
  }
  section.sctp_port = static_cast<std::uint16_t>(*port);
  return true;
}

Taken read_max_message_size(MediaSection& section, std::string_view value) {
  section.max_message_size = read_number(value);
  return true;
}

Taken read_candidate(MediaSection& section, std::string_view value) {
  if (section.candidates.size() < candidates_max) section.candidates.emplace_back(value);
  return true;
}

constexpr std::array<KnownAttribute, 5> transport_attributes = {{
    {"fingerprint", read_fingerprint},
    {"ice-options", read_ice_options},
    {"ice-pwd", read_pwd},
    {"ice-ufrag", read_ufrag},
    {"setup", read_setup},
}};

constexpr std::array<KnownAttribute, 4> section_attributes = {{
    {"candidate", read_candidate},
    {"max-message-size", read_max_message_size},
    {"mid", read_mid},
    {"sctp-port", read_sctp_port},
}};

template <std::size_t count>
Taken read_known(const std::array<KnownAttribute, count>& known, MediaSection& section,
                 std::string_view attribute) {
  const std::size_t colon = attribute.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = attribute.substr(0, colon);
  const auto* found = std::find_if(known.begin(), known.end(),
                                   [name](const KnownAttribute& one) { return one.name == name; });
  return found == known.end() ? Taken(false) : found->read(section, attribute.substr(colon + 1));
}

}  // namespace

Taken read_transport_attribute(MediaSection& section, std::string_view attribute) {
  return read_known(transport_attributes, section, attribute);
}

Taken read_section_attribute(MediaSection& section, std::string_view attribute) {
  for (const Direction direction :
       {Direction::sendrecv, Direction::sendonly, Direction::recvonly, Direction::inactive}) {
    if (attribute != to_string(direction)) continue;
    section.direction = direction;
    return true;
  }
  if (attribute == "end-of-candidates") {
    section.end_of_candidates = true;
    return true;
  }
  if (attribute == "bundle-only") {
    section.bundle_only = true;
    return true;
  }
  return read_known(section_attributes, section, attribute);
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return number;
}

std::vector<std::string> split_words(std::string_view text, std::size_t words_max) {
  std::vector<std::string> words;
  while (words.size() <= words_max) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) break;
    words.emplace_back(text.substr(0, text.find(' ')));
    text.remove_prefix(words.back().size());
  }
  return words;
}

}  // namespace pigeon::sdp::detail
