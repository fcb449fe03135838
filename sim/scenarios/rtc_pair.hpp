#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "rtc/peer_connection.hpp"
#include "sim/engine/datagram_network.hpp"
#include "sim/engine/nat.hpp"
#include "sim/world/rtc_meeting.hpp"

namespace pigeon::sim {

/// Two WebRTC connections that meet over a simulated network and exchange messages on channels of
/// every kind.
struct RtcPairOptions {
  std::uint64_t seed = 1;
  PathConditions path;
  /// In front of each host; hosts behind one have a STUN server to ask.
  std::array<std::optional<NatKind>, 2> nats;
  rtc::Configuration configuration;
  RtcMeetingOptions meeting;
  /// Everything happens within this, or the connection has failed.
  Duration duration = 180s;
  /// After so long the NATs forget their mappings; the first host moves to another address; or
  /// all datagrams vanish from then on.
  std::optional<Duration> rebind_after;
  std::optional<Duration> move_after;
  std::optional<Duration> cut_after;
};

struct RtcPairOutcome : RtcMeetingOutcome {
  DatagramNetwork::Counters network;
};

RtcPairOutcome run_rtc_pair(const RtcPairOptions& options);

/// Hosts of which each meets each, some behind NATs drawn from the seed.
struct RtcCrowdOptions {
  std::uint64_t seed = 1;
  std::size_t host_count = 6;
  PathConditions path;
  RtcMeetingOptions meeting{.message_count = 5, .message_size_max = 5'000};
  Duration duration = 120s;
};

struct RtcCrowdOutcome {
  std::vector<RtcMeetingOutcome> meetings;
};

RtcCrowdOutcome run_rtc_crowd(const RtcCrowdOptions& options);

/// Options drawn from a seed: every mix of loss, reordering, duplication, delay, MTU, NATs and
/// changes on the way.
RtcPairOptions random_rtc_pair(std::uint64_t seed);

/// The options in words, for who looks for the reason of a failure.
std::string to_text(const RtcPairOptions& options);

}  // namespace pigeon::sim
