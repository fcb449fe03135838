#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "sim/engine/datagram_network.hpp"

namespace pigeon::bench {

/// A bulk transfer from one simulated host to another.
struct FlowSettings {
  sim::PathConditions path;
  std::uint64_t seed = 1;
  /// What is not counted at first: slow start.
  Duration warm_up = 5s;
  Duration measured = 60s;
};

struct FlowOutcome {
  /// Of messages that arrived while it was measured.
  std::uint64_t bytes = 0;
  /// Of all packets of both sides.
  sim::DatagramNetwork::Counters network;
};

constexpr std::size_t flow_message_bytes = 65'536;
/// What waits to be sent.
constexpr std::size_t flow_buffer_bytes = std::size_t{4} << 20U;
/// The longest SCTP packet, and what DTLS adds to it.
constexpr std::size_t flow_packet_bytes = 1'412;
constexpr std::size_t flow_dtls_bytes = 37;

/// Our connection, with ICE and DTLS.
FlowOutcome run_own_flow(const FlowSettings& settings);
/// usrsctp alone; the network sees packets as long as DTLS would make them.
FlowOutcome run_usrsctp_flow(const FlowSettings& settings);

}  // namespace pigeon::bench
