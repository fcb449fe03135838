#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "rtc/ice/candidate.hpp"

namespace pigeon::ice {

/// As RTCIceTransportState has them.
enum class State : std::uint8_t {
  fresh,
  checking,
  connected,
  completed,
  disconnected,
  failed,
  closed,
};
/// As the W3C spells them; `fresh` is "new".
std::string_view to_string(State state);

/// A candidate to tell the other agent.
struct LocalCandidate {
  Candidate candidate;
};

/// No `LocalCandidate` follows in this generation.
struct GatheringComplete {};

struct StateChanged {
  State state{};
};

/// Application datagrams now take this path.
struct SelectedPairChanged {
  /// The socket and the address to send to; for a relayed candidate the relayed address as `local`.
  AddressPair path;
  Candidate local;
  Candidate remote;
};

/// Names a TCP connection to a TURN server.
using StreamId = std::uint32_t;

/// Open a TCP connection to a TURN server, from any port.
struct OpenStream {
  StreamId id = 0;
  SocketAddress server;
};
struct SendStream {
  StreamId id = 0;
  Bytes bytes;
};
struct CloseStream {
  StreamId id = 0;
};

using Event = std::variant<LocalCandidate, GatheringComplete, StateChanged, SelectedPairChanged,
                           OpenStream, SendStream, CloseStream>;

}  // namespace pigeon::ice
