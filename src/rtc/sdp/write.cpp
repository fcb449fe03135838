#include "rtc/sdp/write.hpp"

#include <string_view>

namespace pigeon::sdp {
namespace {

/// Appends one line made of pieces.
template <class... Pieces>
void add_line(std::string& out, const Pieces&... pieces) {
  (out.append(pieces), ...);
  out.append("\r\n");
}

std::string joined(std::string_view first, const std::vector<std::string>& words) {
  std::string line(first);
  for (const std::string& word : words) {
    if (!line.empty()) line.push_back(' ');
    line.append(word);
  }
  return line;
}

void write_fingerprint(std::string& out, const Fingerprint& fingerprint) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string value;
  for (const std::uint8_t byte : fingerprint.value) {
    if (!value.empty()) value.push_back(':');
    value.push_back(digits[byte >> 4U]);
    value.push_back(digits[byte & 15U]);
  }
  add_line(out, "a=fingerprint:", fingerprint.algorithm, " ", value);
}

void write_transport(std::string& out, const MediaSection& section) {
  for (const std::string& candidate : section.candidates) {
    add_line(out, "a=candidate:", candidate);
  }
  if (section.end_of_candidates) add_line(out, "a=end-of-candidates");
  if (!section.ice_ufrag.empty()) add_line(out, "a=ice-ufrag:", section.ice_ufrag);
  if (!section.ice_pwd.empty()) add_line(out, "a=ice-pwd:", section.ice_pwd);
  if (!section.ice_options.empty()) {
    add_line(out, "a=ice-options:", joined("", section.ice_options));
  }
  for (const Fingerprint& fingerprint : section.fingerprints) write_fingerprint(out, fingerprint);
  if (section.setup) add_line(out, "a=setup:", to_string(*section.setup));
}

void write_section(std::string& out, const MediaSection& section) {
  add_line(out, "m=", section.kind, " ", std::to_string(section.port), " ",
           joined(section.protocol, section.formats));
  for (const std::string_view line : section.preamble) add_line(out, line);
  write_transport(out, section);
  if (!section.mid.empty()) add_line(out, "a=mid:", section.mid);
  if (section.bundle_only) add_line(out, "a=bundle-only");
  if (section.direction) add_line(out, "a=", to_string(*section.direction));
  // In the old form the port stands in the `m=` line already.
  if (section.sctp_port && !is_old_data_section(section)) {
    add_line(out, "a=sctp-port:", std::to_string(*section.sctp_port));
  }
  if (section.max_message_size) {
    add_line(out, "a=max-message-size:", std::to_string(*section.max_message_size));
  }
  for (const std::string_view attribute : section.attributes) add_line(out, "a=", attribute);
}

}  // namespace

std::string write(const SessionDescription& description) {
  std::string out;
  add_line(out, "v=0");
  add_line(out, "o=", description.user, " ", std::to_string(description.session_id), " ",
           std::to_string(description.session_version), " ", description.origin_address);
  add_line(out, "s=", description.name);
  for (const std::string_view line : description.preamble) add_line(out, line);
  for (const auto& bundle : description.bundles) {
    add_line(out, "a=group:", joined("BUNDLE", bundle));
  }
  if (description.ice_lite) add_line(out, "a=ice-lite");
  for (const std::string_view attribute : description.attributes) add_line(out, "a=", attribute);
  for (const MediaSection& section : description.media) write_section(out, section);
  return out;
}

}  // namespace pigeon::sdp
