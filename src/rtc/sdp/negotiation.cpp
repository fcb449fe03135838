#include "rtc/sdp/negotiation.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "rtc/sdp/offer_answer.hpp"
#include "rtc/sdp/section_choice.hpp"

namespace pigeon::sdp {
namespace {

using detail::SectionChoice;

using Fault = std::optional<NegotiationError>;

// RFC 8839 section 5.4.
constexpr std::size_t ufrag_chars_min = 4;
constexpr std::size_t pwd_chars_min = 22;
constexpr std::size_t ice_chars_max = 256;

/// Letters, digits, '+' and '/' (RFC 8839 section 5.1), and those that older browsers send, too.
bool is_ice_text(std::string_view text, std::size_t chars_min) {
  return text.size() >= chars_min && text.size() <= ice_chars_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  std::string_view("+/-_=#").find(c) != std::string_view::npos;
         });
}

Fault check_transport(const MediaSection& section) {
  if (section.ice_ufrag.empty() || section.ice_pwd.empty()) {
    return NegotiationError::no_ice_credentials;
  }
  if (!is_ice_text(section.ice_ufrag, ufrag_chars_min)) return NegotiationError::bad_ice_ufrag;
  if (!is_ice_text(section.ice_pwd, pwd_chars_min)) return NegotiationError::bad_ice_pwd;
  if (section.fingerprints.empty()) return NegotiationError::no_fingerprint;
  if (std::none_of(section.fingerprints.begin(), section.fingerprints.end(), is_verifiable)) {
    return NegotiationError::no_verifiable_fingerprint;
  }
  return std::nullopt;
}

DataParameters read_data(const MediaSection& section, std::size_t index) {
  DataParameters data{.section = index, .mid = section.mid};
  if (section.sctp_port) data.sctp_port = *section.sctp_port;
  data.max_message_size = section.max_message_size.value_or(max_message_size_default);
  // RFC 8841 section 6.1: zero means any size.
  if (data.max_message_size == 0) {
    data.max_message_size = std::numeric_limits<std::uint64_t>::max();
  }
  return data;
}

/// Everything but the DTLS role.
Result<RemoteParameters, NegotiationError> read(const SessionDescription& remote,
                                                const SectionChoice& choice) {
  if (!choice.tagged) return Unexpected(NegotiationError::nothing_accepted);
  const MediaSection& transport = detail::transport_section(remote, choice);
  if (const Fault fault = check_transport(transport)) return Unexpected(*fault);
  RemoteParameters parameters;
  parameters.ice_ufrag = transport.ice_ufrag;
  parameters.ice_pwd = transport.ice_pwd;
  parameters.ice_lite = remote.ice_lite;
  const auto& options = transport.ice_options;
  parameters.trickle = std::find(options.begin(), options.end(), "trickle") != options.end();
  std::copy_if(transport.fingerprints.begin(), transport.fingerprints.end(),
               std::back_inserter(parameters.fingerprints), is_verifiable);
  parameters.section = *choice.tagged;
  parameters.mid = remote.media[*choice.tagged].mid;
  parameters.candidates = transport.candidates;
  parameters.end_of_candidates = transport.end_of_candidates;
  if (!choice.application) return parameters;
  parameters.data = read_data(remote.media[*choice.application], *choice.application);
  // RFC 8841 section 5.2: port zero stands for no association.
  if (parameters.data->sctp_port == 0) return Unexpected(NegotiationError::no_sctp_port);
  return parameters;
}

/// RFC 8829 section 5.3.1: an answer has the sections of its offer, in the same order.
bool have_same_sections(const SessionDescription& offer, const SessionDescription& answer) {
  return std::equal(offer.media.begin(), offer.media.end(), answer.media.begin(),
                    answer.media.end(), [](const MediaSection& a, const MediaSection& b) {
                      const bool differ = !a.mid.empty() && !b.mid.empty() && a.mid != b.mid;
                      return a.kind == b.kind && !differ;
                    });
}

/// Whether the answer accepts sections that do not share the transport of the data channels.
bool has_other_transports(const SessionDescription& answer, const SectionChoice& choice) {
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    if (detail::is_usable(answer.media[i]) && !choice.includes(i)) return true;
  }
  return false;
}

/// RFC 8842 section 5.3: an answer is active or passive, the reverse of what the offer fixes.
/// Without a word an offer is active and an answer passive (RFC 4145 section 4).
Fault check_setup(std::optional<SetupRole> offer, std::optional<SetupRole> answer) {
  const SetupRole offered = offer.value_or(SetupRole::active);
  const SetupRole answered = answer.value_or(SetupRole::passive);
  if (offered == SetupRole::holdconn) return NegotiationError::setup_undecided;
  if (answered != SetupRole::active && answered != SetupRole::passive) {
    return NegotiationError::setup_undecided;
  }
  if (offered == answered) return NegotiationError::setup_conflict;
  return std::nullopt;
}

}  // namespace

Result<RemoteParameters, NegotiationError> read_offer(const SessionDescription& offer) {
  const SectionChoice choice = detail::choose_sections(offer);
  auto parameters = read(offer, choice);
  if (!parameters) return parameters;
  const std::optional<SetupRole> offered = detail::transport_section(offer, choice).setup;
  const SetupRole answered = answering_setup(offered, std::nullopt);
  if (const Fault fault = check_setup(offered, answered)) return Unexpected(*fault);
  parameters->is_dtls_client = answered == SetupRole::active;
  return parameters;
}

Result<RemoteParameters, NegotiationError> negotiate(const SessionDescription& local,
                                                     const SessionDescription& remote,
                                                     LocalSide local_side) {
  const bool is_offerer = local_side == LocalSide::offerer;
  const SessionDescription& offer = is_offerer ? local : remote;
  const SessionDescription& answer = is_offerer ? remote : local;
  if (!have_same_sections(offer, answer)) return Unexpected(NegotiationError::sections_differ);
  const SectionChoice choice = detail::choose_sections(answer);
  if (!choice.tagged) return Unexpected(NegotiationError::nothing_accepted);
  if (has_other_transports(answer, choice)) {
    return Unexpected(NegotiationError::application_not_bundled);
  }
  const SectionChoice offered = detail::choose_sections(offer);
  if (!offered.tagged) return Unexpected(NegotiationError::nothing_accepted);
  auto parameters = read(remote, is_offerer ? choice : offered);
  if (!parameters) return parameters;
  // An answer of ours may reject what the offer has.
  if (!choice.application) parameters->data.reset();
  const std::optional<SetupRole> answered_setup = detail::transport_section(answer, choice).setup;
  const std::optional<SetupRole> offered_setup = detail::transport_section(offer, offered).setup;
  if (const Fault fault = check_setup(offered_setup, answered_setup)) return Unexpected(*fault);
  parameters->is_dtls_client = is_offerer != (answered_setup == SetupRole::active);
  return parameters;
}

bool is_ice_restart(const RemoteParameters& before, const RemoteParameters& after) {
  return before.ice_ufrag != after.ice_ufrag || before.ice_pwd != after.ice_pwd;
}

std::string_view to_string(NegotiationError error) {
  switch (error) {
    case NegotiationError::nothing_accepted:
      return "no section of the session description is accepted";
    case NegotiationError::sections_differ:
      return "the answer does not have the sections of the offer";
    case NegotiationError::application_not_bundled:
      return "the answer does not bundle data channels with the other media";
    case NegotiationError::no_ice_credentials:
      return "the session description has no ice-ufrag or no ice-pwd";
    case NegotiationError::bad_ice_ufrag:
      return "the ice-ufrag does not have 4 to 256 of the characters allowed";
    case NegotiationError::bad_ice_pwd:
      return "the ice-pwd does not have 22 to 256 of the characters allowed";
    case NegotiationError::no_fingerprint:
      return "the session description has no fingerprint";
    case NegotiationError::no_verifiable_fingerprint:
      return "no fingerprint is of sha-256, sha-384 or sha-512";
    case NegotiationError::setup_conflict:
      return "both sides want the same DTLS role";
    case NegotiationError::setup_undecided:
      return "the setup role is neither active nor passive where one of them is due";
    case NegotiationError::no_sctp_port:
      return "the SCTP port is zero";
  }
  return "unknown error";
}

}  // namespace pigeon::sdp
