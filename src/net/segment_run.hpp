#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/datagram_batch.hpp"

namespace pigeon::net {

/// Segments that Linux cuts one message into (UDP_MAX_SEGMENTS before Linux 6.9).
inline constexpr std::size_t segment_count_max = 64;
/// Bytes of one message with segments: what IP can carry behind the headers of IPv6 and UDP.
inline constexpr std::size_t segmented_size_max = 65'535 - 40 - 8;

/// How many of the datagrams, from the first on, can go out as segments of one message: those of
/// the same path and size, of which the last may be shorter. At least 1; `datagrams` is not empty.
inline std::size_t segment_run(std::span<const DatagramBatch::Datagram> datagrams) {
  const DatagramBatch::Datagram& first = datagrams.front();
  const std::size_t end = std::min(datagrams.size(), segment_count_max);
  std::size_t bytes = first.size;
  for (std::size_t i = 1; i < end; ++i) {
    const DatagramBatch::Datagram& next = datagrams[i];
    bytes += next.size;
    if (next.size > first.size || next.path != first.path || bytes > segmented_size_max) return i;
    if (next.size < first.size) return i + 1;
  }
  return end;
}

}  // namespace pigeon::net
