#include "rtc/sdp/session_description.hpp"

#include <algorithm>

namespace pigeon::sdp {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::sendrecv:
      return "sendrecv";
    case Direction::sendonly:
      return "sendonly";
    case Direction::recvonly:
      return "recvonly";
    case Direction::inactive:
      return "inactive";
  }
  return "inactive";
}

std::string_view to_string(SetupRole setup) {
  switch (setup) {
    case SetupRole::active:
      return "active";
    case SetupRole::passive:
      return "passive";
    case SetupRole::actpass:
      return "actpass";
    case SetupRole::holdconn:
      return "holdconn";
  }
  return "holdconn";
}

bool is_verifiable(const Fingerprint& fingerprint) {
  const std::size_t size = fingerprint.value.size();
  return (fingerprint.algorithm == "sha-256" && size == 32) ||
         (fingerprint.algorithm == "sha-384" && size == 48) ||
         (fingerprint.algorithm == "sha-512" && size == 64);
}

bool is_data_section(const MediaSection& section) {
  if (section.kind != "application") return false;
  if (is_old_data_section(section)) return true;
  const std::string_view protocol = section.protocol;
  return (protocol == "UDP/DTLS/SCTP" || protocol == "TCP/DTLS/SCTP" || protocol == "DTLS/SCTP") &&
         std::find(section.formats.begin(), section.formats.end(), "webrtc-datachannel") !=
             section.formats.end();
}

bool is_old_data_section(const MediaSection& section) {
  return section.kind == "application" && section.protocol == "DTLS/SCTP" &&
         !section.formats.empty() &&
         section.formats.front().find_first_not_of("0123456789") == std::string::npos;
}

std::optional<std::size_t> find_section(const SessionDescription& description,
                                        std::string_view mid) {
  if (mid.empty()) return std::nullopt;
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    if (description.media[i].mid == mid) return i;
  }
  return std::nullopt;
}

}  // namespace pigeon::sdp
