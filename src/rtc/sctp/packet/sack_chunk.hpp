#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/item_list.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// TSNs that have come beyond a gap, as distances from the cumulative TSN, both ends included.
/// Whether `first <= last` and blocks ascend is for the reader of the list to check.
struct GapBlock {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend bool operator==(const GapBlock&, const GapBlock&) = default;
};

template <>
struct WireFormat<GapBlock> {
  static constexpr std::size_t size = 4;
  static GapBlock load(const std::uint8_t* at) { return {load_u16(at), load_u16(at + 2)}; }
  static void store(std::uint8_t* at, GapBlock item) {
    store_u16(at, item.first);
    store_u16(at + 2, item.last);
  }
};

/// Size of a SACK with so many items.
constexpr std::size_t sack_size(std::size_t gap_count, std::size_t duplicate_count) {
  return 16 + 4 * (gap_count + duplicate_count);
}

/// What a receiver has got, and how much more it takes (RFC 9260 section 3.3.4).
struct SackChunk {
  /// The last TSN of those that have come without a gap.
  WireTsn cumulative_tsn = 0;
  /// Bytes that the receiver has room for.
  std::uint32_t window = 0;
  ItemList<GapBlock> gaps;
  /// TSNs that have come more than once since the last SACK.
  ItemList<WireTsn> duplicates;
};

/// Nothing if the chunk is not a SACK or is shorter than its counts say.
std::optional<SackChunk> decode_sack(const Chunk& chunk);
/// False if it does not fit.
[[nodiscard]] bool encode(const SackChunk& chunk, PacketWriter& packet);

}  // namespace pigeon::sctp
