#pragma once

#include <cstddef>

#include "base/bytes.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// A whole message, as its sender gave it to SCTP.
struct ReceivedMessage {
  StreamId stream = 0;
  bool unordered = false;
  Ppid ppid{0};
  Bytes bytes;
};

/// What a message or a lonely fragment counts against the window besides its payload: the memory of
/// the node that holds it. Without it a million fragments of one byte would be a megabyte.
inline constexpr std::size_t piece_overhead = 128;

/// What a message counts against the window.
inline std::size_t cost_of(const ReceivedMessage& message) {
  return message.bytes.size() + piece_overhead;
}

/// What has come of a fragment.
enum class Receipt {
  taken,
  /// It had come before. The next SACK says so.
  duplicate,
  /// There is no room. It must not be acknowledged, so that it comes again.
  no_room,
  /// No such stream: to be acknowledged and answered by an ERROR (RFC 9260 section 6.5).
  invalid_stream,
  /// A fragment without payload: the association is to be aborted (RFC 9260 section 6.2).
  no_user_data,
  /// The message exceeds the limit that the other side was told.
  message_too_big,
  /// It contradicts fragments that came before: the association is to be aborted.
  violation,
};

}  // namespace pigeon::sctp
