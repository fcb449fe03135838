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

namespace pigeon::sim {

/// Two WebRTC connections that meet over a simulated network and exchange messages on channels of
/// every kind.
struct RtcPairOptions {
  std::uint64_t seed = 1;
  PathConditions path;
  /// In front of each host; hosts behind one have a STUN server to ask.
  std::array<std::optional<NatKind>, 2> nats;
  rtc::Configuration configuration;
  /// Messages of each side on each of its channels.
  std::uint32_t message_count = 20;
  std::size_t message_size_max = 20'000;
  /// Everything happens within this, or the connection has failed.
  Duration duration = 180s;
  /// After so long the NATs forget their mappings; the first host moves to another address; or
  /// all datagrams vanish from then on.
  std::optional<Duration> rebind_after;
  std::optional<Duration> move_after;
  std::optional<Duration> cut_after;
};

struct RtcPairOutcome {
  bool connected = false;
  /// All messages of reliable channels have arrived.
  bool complete = false;
  /// A side has reported that the connection failed.
  bool failed = false;
  std::string reason;
  /// When the last thing worth knowing happened.
  Duration finished_after{};
  /// What should never happen, in words.
  std::vector<std::string> violations;
  std::uint64_t received_messages = 0;
  std::uint64_t trace = 0;
  DatagramNetwork::Counters network;
};

RtcPairOutcome run_rtc_pair(const RtcPairOptions& options);

/// Options drawn from a seed: every mix of loss, reordering, duplication, delay, MTU, NATs and
/// changes on the way.
RtcPairOptions random_rtc_pair(std::uint64_t seed);

/// The options in words, for who looks for the reason of a failure.
std::string to_text(const RtcPairOptions& options);

}  // namespace pigeon::sim
