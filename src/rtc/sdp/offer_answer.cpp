#include "rtc/sdp/offer_answer.hpp"

#include <algorithm>
#include <string_view>

#include "rtc/sdp/parse.hpp"
#include "rtc/sdp/section_choice.hpp"

namespace pigeon::sdp {
namespace {

/// Formats of an inactive section that the answer repeats. One is needed; a browser's first ones
/// are two codecs and what repairs them.
constexpr std::size_t mirrored_formats_max = 4;

/// What the form before RFC 8841 says of the number of streams.
constexpr std::string_view old_stream_count = "65535";

SessionDescription empty_description(const LocalParameters& parameters) {
  SessionDescription description;
  description.session_id = parameters.session_id;
  description.session_version = parameters.session_version;
  if (parameters.previous != nullptr) {
    description.session_id = parameters.previous->session_id;
    description.session_version = parameters.previous->session_version + 1;
  }
  description.preamble = {"t=0 0"};
  return description;
}

/// Gives a section our ICE and DTLS attributes (RFC 8829 section 5.2.1). Browsers repeat them in
/// each bundled section.
void set_transport(MediaSection& section, const LocalParameters& parameters, SetupRole setup) {
  section.ice_ufrag = parameters.ice_ufrag;
  section.ice_pwd = parameters.ice_pwd;
  section.ice_options.clear();
  if (parameters.trickle) section.ice_options = {"trickle"};
  section.fingerprints = parameters.fingerprints;
  section.setup = setup;
  section.candidates.clear();
  section.end_of_candidates = false;
}

/// Candidates stand in the tagged section only (RFC 8843 section 10).
void add_candidates(MediaSection& section, const LocalParameters& parameters) {
  section.candidates = parameters.candidates;
  section.end_of_candidates = parameters.end_of_candidates;
}

void set_data_channels(MediaSection& section, const LocalParameters& parameters) {
  section.sctp_port = parameters.sctp_port;
  section.max_message_size = parameters.max_message_size;
  section.direction.reset();
  section.attributes = {};
  if (is_old_data_section(section)) {
    const std::string port = std::to_string(parameters.sctp_port);
    section.formats = {port};
    section.attributes.add("sctpmap:" + port + " webrtc-datachannel " +
                           std::string(old_stream_count));
  } else {
    section.formats = {"webrtc-datachannel"};
  }
}

/// Whether the attribute is `name` of that format, such as "rtpmap:111 opus/48000/2".
bool is_of_format(std::string_view attribute, std::string_view name, std::string_view format) {
  if (!attribute.starts_with(name)) return false;
  attribute.remove_prefix(name.size());
  if (!attribute.starts_with(format)) return false;
  attribute.remove_prefix(format.size());
  return attribute.starts_with(' ');
}

/// Adds the first attribute `name` of the format, so that an answer is no longer than its offer.
void add_first(LineList& to, const LineList& from, std::string_view name, std::string_view format) {
  const auto found = std::find_if(from.begin(), from.end(), [&](std::string_view attribute) {
    return is_of_format(attribute, name, format);
  });
  if (found != from.end()) to.add(*found);
}

/// The section as the offer has it, without a transport and without media.
MediaSection mirrored(const MediaSection& offered) {
  MediaSection section;
  section.kind = offered.kind;
  section.protocol = offered.protocol;
  section.mid = offered.mid;
  // The port is a format in that form.
  if (is_old_data_section(offered)) section.sctp_port = offered.sctp_port;
  section.direction = Direction::inactive;
  section.preamble = {"c=IN IP4 0.0.0.0"};
  for (const std::string& format : offered.formats) {
    if (section.formats.size() == mirrored_formats_max) break;
    const bool is_new =
        std::find(section.formats.begin(), section.formats.end(), format) == section.formats.end();
    if (is_new) section.formats.push_back(format);
  }
  return section;
}

MediaSection inactive(const MediaSection& offered) {
  MediaSection section = mirrored(offered);
  // RFC 5761 section 5.1.1: answered only if offered.
  if (offered.attributes.contains("rtcp-mux")) section.attributes.add("rtcp-mux");
  for (const std::string& format : section.formats) {
    add_first(section.attributes, offered.attributes, "rtpmap:", format);
    add_first(section.attributes, offered.attributes, "fmtp:", format);
  }
  return section;
}

MediaSection rejected(const MediaSection& offered) {
  MediaSection section = mirrored(offered);
  section.port = 0;
  return section;
}

/// The smallest number that no section has as its mid.
std::string free_mid(const SessionDescription& description) {
  std::size_t number = 0;
  while (find_section(description, std::to_string(number))) ++number;
  return std::to_string(number);
}

void add_data_section(SessionDescription& offer) {
  MediaSection section;
  section.kind = "application";
  section.protocol = "UDP/DTLS/SCTP";
  section.formats = {"webrtc-datachannel"};
  section.preamble = {"c=IN IP4 0.0.0.0"};
  section.mid = free_mid(offer);
  if (offer.bundles.empty()) {
    std::vector<std::string>& bundle = offer.bundles.emplace_back();
    for (const MediaSection& other : offer.media) {
      if (detail::is_usable(other) && !other.mid.empty()) bundle.push_back(other.mid);
    }
  }
  offer.bundles.front().push_back(section.mid);
  offer.media.push_back(std::move(section));
}

/// What is agreed on of sections stays, apart from what the parameters say anew.
void keep_sections(SessionDescription& offer, const SessionDescription& previous) {
  offer.bundles = previous.bundles;
  offer.media = previous.media;
  for (MediaSection& section : offer.media) {
    if (!detail::is_usable(section)) section = rejected(section);
  }
}

SetupRole offered_setup(const LocalParameters& parameters) {
  return parameters.setup.value_or(SetupRole::actpass);
}

}  // namespace

SessionDescription make_offer(const LocalParameters& parameters) {
  SessionDescription offer = empty_description(parameters);
  if (parameters.previous != nullptr) keep_sections(offer, *parameters.previous);
  detail::SectionChoice choice = detail::choose_sections(offer);
  if (!choice.application && offer.media.size() < media_sections_max) {
    add_data_section(offer);
    choice = detail::choose_sections(offer);
  }
  for (const std::size_t member : choice.members) {
    set_transport(offer.media[member], parameters, offered_setup(parameters));
  }
  if (choice.application) set_data_channels(offer.media[*choice.application], parameters);
  if (choice.tagged) add_candidates(offer.media[*choice.tagged], parameters);
  return offer;
}

SessionDescription make_answer(const SessionDescription& offer, const LocalParameters& parameters) {
  SessionDescription answer = empty_description(parameters);
  const detail::SectionChoice choice = detail::choose_sections(offer);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const MediaSection& offered = offer.media[i];
    answer.media.push_back(choice.includes(i) ? inactive(offered) : rejected(offered));
  }
  if (!choice.tagged) return answer;
  const MediaSection& transport = detail::transport_section(offer, choice);
  const SetupRole setup = answering_setup(transport.setup, parameters.setup);
  for (const std::size_t member : choice.members) {
    set_transport(answer.media[member], parameters, setup);
  }
  if (choice.application) set_data_channels(answer.media[*choice.application], parameters);
  add_candidates(answer.media[*choice.tagged], parameters);
  if (!choice.is_bundle) return answer;
  std::vector<std::string>& bundle = answer.bundles.emplace_back();
  for (const std::size_t member : choice.members) bundle.push_back(offer.media[member].mid);
  return answer;
}

SetupRole answering_setup(std::optional<SetupRole> offered, std::optional<SetupRole> preferred) {
  switch (offered.value_or(SetupRole::active)) {
    case SetupRole::active:
      return SetupRole::passive;
    case SetupRole::passive:
      return SetupRole::active;
    case SetupRole::actpass:
    case SetupRole::holdconn:
      break;
  }
  return preferred == SetupRole::passive ? SetupRole::passive : SetupRole::active;
}

}  // namespace pigeon::sdp
