#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// The handshake is done.
struct Established {
  /// Streams that may be sent on and received on: the ids below these.
  std::uint16_t streams_out = 0;
  std::uint16_t streams_in = 0;
  bool operator==(const Established&) const = default;
};

struct MessageReceived {
  StreamId stream = 0;
  Ppid ppid = Ppid::binary;
  Bytes payload;
  bool operator==(const MessageReceived&) const = default;
};

/// The peer sends on these streams as if anew; on all if there are none.
struct IncomingReset {
  std::vector<StreamId> streams;
  bool operator==(const IncomingReset&) const = default;
};

/// The peer has answered `reset_streams`. If it did not perform the reset, the streams go on as
/// they were.
struct OutgoingResetDone {
  std::vector<StreamId> streams;
  bool performed = false;
  bool operator==(const OutgoingResetDone&) const = default;
};

struct BufferedAmountLow {
  StreamId stream = 0;
  bool operator==(const BufferedAmountLow&) const = default;
};

/// The peer has lost its state and begun anew (RFC 9260 section 5.2.4, case A). Messages that were
/// on their way in either direction are lost; those that waited go on.
struct Restarted {
  bool operator==(const Restarted&) const = default;
};

enum class CloseReason : std::uint8_t {
  /// Either side has shut down, and everything has arrived.
  shutdown,
  aborted_here,
  aborted_by_peer,
  /// No answer during the handshake.
  handshake_timeout,
  /// The peer does not answer any more.
  peer_unreachable,
  /// Chunks sent before the path shrank do not get through it.
  path_too_small,
  shutdown_timeout,
  /// The peer has broken the protocol in a way that cannot be passed over.
  protocol_violation,
};

/// The association is over. Always the last event.
struct Closed {
  CloseReason reason = CloseReason::shutdown;
  /// A sentence about it.
  std::string text;
  bool operator==(const Closed&) const = default;
};

using AssociationEvent = std::variant<Established, MessageReceived, IncomingReset,
                                      OutgoingResetDone, BufferedAmountLow, Restarted, Closed>;

}  // namespace pigeon::sctp
