#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace pigeon::transfer {

/// What streams to everybody may cost.
struct BroadcastOptions {
  // ---- Own ones

  /// Streams that are open at a time. More are refused.
  std::size_t streams_max = 16;
  /// Bytes of a chunk; larger ones are clamped. As text that is up to four times as much.
  std::size_t chunk_size_max = 32'768;
  /// Bytes that wait to be signed and sent, of all streams; each has an equal share, and at least
  /// 4,096.
  std::size_t window = 65'536;
  /// Parts that wait likewise, however small they are.
  std::size_t parts_max = 64;
  /// Bytes of messages that may wait in the channel of a neighbor before the next part is sent.
  std::size_t channel_bytes_max = 131'072;
  /// How long a channel may hold them up, in such a time. Then messages for it pile up, until it is
  /// closed.
  Duration stall_max = 15s;
  Duration stall_period = 60s;
  /// Bytes of messages in a second, each of which counts as 8,192 more. Far less than a neighbor
  /// takes by default: relays pass on at the rate at which they receive, and drop what a slower
  /// link of theirs does not take.
  std::uint32_t bytes_per_second = 4U << 20U;

  // ---- Those of others: of proven peers and of unproven ones this much each

  /// Streams that are open at a time. One beyond takes the place of the one that has been silent
  /// for longest, if that is `yield_after`, and is not taken otherwise.
  std::size_t incoming_max = 64;
  Duration yield_after = 2s;
  /// Of them of one sender, and such that began over one neighbor.
  std::size_t per_sender_max = 8;
  std::size_t per_neighbor_max = 32;
  /// How far chunks of a stream may come before the one that is due, in number and in bytes.
  std::size_t reorder_count_max = 128;
  std::size_t reorder_bytes_max = std::size_t{4} << 20U;
  /// The same for all streams together, and for those that began over one neighbor.
  std::size_t reorder_total_max = std::size_t{16} << 20U;
  std::size_t reorder_neighbor_max = std::size_t{8} << 20U;
  /// How long to wait for a chunk while later ones or the end are there: other paths may be slower.
  Duration gap_max = 10s;
  /// How long a stream may be silent.
  Duration silence_max = 30s;
  /// Streams that are over and not taken any more; the one unheard of for longest is forgotten
  /// first.
  std::size_t closed_max = 1'024;
};

}  // namespace pigeon::transfer
