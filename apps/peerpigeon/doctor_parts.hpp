#pragma once

#include <string>
#include <string_view>

#include "apps/peerpigeon/checkup.hpp"
#include "apps/peerpigeon/settings.hpp"

namespace peerpigeon {

// The parts of doctor. Each tells what it finds.

/// URL, name, connection, TLS and WebSocket; false if the hub cannot be reached.
bool check_hub(const Settings& settings, Checkup& checkup);

/// Own addresses, and those that STUN and TURN servers see.
void check_addresses(const Settings& settings, Checkup& checkup);

/// A WebRTC connection within this process: candidate pairs, DTLS, data channel.
void check_webrtc(const Settings& settings, Checkup& checkup);

/// Two peers in a namespace of their own who meet through the hub: announcement, link, proof,
/// message. False if a signal came before it was known how that ends.
bool check_mesh(const Settings& settings, Checkup& checkup, Console& console);

/// A candidate as ICE writes it (RFC 8839 section 5.1), taken apart.
struct CandidateText {
  std::string transport;
  std::string address;
  std::string port;
  /// `host`, `srflx`, `prflx` or `relay`.
  std::string type;
};
/// Empty fields if the text is no candidate.
CandidateText parse_candidate(std::string_view text);

}  // namespace peerpigeon
