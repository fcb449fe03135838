#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "transfer/broadcast_options.hpp"

namespace pigeon::transfer {

/// Bytes of a chunk, as upstream bounds them (PeerPigeon protocol, 5.8).
inline constexpr std::size_t chunk_size_min = 4'096;
inline constexpr std::size_t chunk_size_max = 65'536;

/// Bytes of the reason of an end that are sent, or told to the application.
inline constexpr std::size_t reason_bytes_max = 256;

/// What transfers may cost, for each neighbor unless said.
struct TransferOptions {
  /// Streams that are open at a time, this many in either direction. More are refused.
  std::size_t streams_per_peer_max = 64;
  /// Bytes of the longest stream that is accepted; 0 is no limit. Longer ones are aborted.
  std::uint64_t stream_bytes_max = 0;
  /// Bytes of a binary message, and of a chunk that is accepted. Larger ones are dropped.
  std::size_t binary_bytes_max = 262'144;
  /// Binary frames that may be announced before the first of them arrives; those beyond are
  /// dropped, and their streams aborted.
  std::size_t announced_count_max = 256;
  /// Bytes that the streams to a neighbor together may hand to its channel before it has to drain;
  /// each has an equal share, and at least 4,096.
  std::size_t window = 262'144;
  /// Bytes that wait in a channel at which it takes no more binary messages.
  std::size_t binary_window = std::size_t{1} << 20U;
  /// The same for everything, headers included: nobody who writes byte by byte, or does not read,
  /// makes a channel drop a frame whose header it has sent.
  std::size_t channel_bytes_max = std::size_t{3} << 20U;
  /// Streams of all neighbors together that broke off and may go on, and for how long; the oldest
  /// is forgotten first. One neighbor gets at most a quarter.
  std::size_t resumable_count_max = 256;
  Duration resumable_time_max = 10min;
  /// How long a resumable stream waits for the other side's answer; then it starts at 0. Longer
  /// than a full window takes on a link of 400 kbit/s.
  Duration resume_wait = 8s;
  BroadcastOptions broadcasts;
};

}  // namespace pigeon::transfer
