#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/item_list.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// The last ordered message that the sender has given up on a stream, by SSN.
struct SkippedSsn {
  StreamId stream = 0;
  Ssn ssn = 0;
  friend bool operator==(const SkippedSsn&, const SkippedSsn&) = default;
};

template <>
struct WireFormat<SkippedSsn> {
  static constexpr std::size_t size = 4;
  static SkippedSsn load(const std::uint8_t* at) { return {load_u16(at), load_u16(at + 2)}; }
  static void store(std::uint8_t* at, SkippedSsn item) {
    store_u16(at, item.stream);
    store_u16(at + 2, item.ssn);
  }
};

/// The last message, ordered or not, that the sender has given up on a stream, by MID.
struct SkippedMid {
  StreamId stream = 0;
  bool unordered = false;
  Mid mid = 0;
  friend bool operator==(const SkippedMid&, const SkippedMid&) = default;
};

template <>
struct WireFormat<SkippedMid> {
  static constexpr std::size_t size = 8;
  static SkippedMid load(const std::uint8_t* at) {
    return {load_u16(at), (at[3] & 1U) != 0, load_u32(at + 4)};
  }
  static void store(std::uint8_t* at, SkippedMid item) {
    store_u16(at, item.stream);
    store_u16(at + 2, item.unordered ? 1 : 0);
    store_u32(at + 4, item.mid);
  }
};

/// FORWARD-TSN (RFC 3758 section 3.2): up to here the sender sends nothing any more.
struct ForwardTsnChunk {
  WireTsn cumulative_tsn = 0;
  ItemList<SkippedSsn> skipped;
};

/// I-FORWARD-TSN (RFC 8260 section 2.3.1), the same for interleaved messages.
struct IForwardTsnChunk {
  WireTsn cumulative_tsn = 0;
  ItemList<SkippedMid> skipped;
};

/// Nothing if the chunk is another or its length is not that of a list.
std::optional<ForwardTsnChunk> decode_forward_tsn(const Chunk& chunk);
std::optional<IForwardTsnChunk> decode_i_forward_tsn(const Chunk& chunk);
/// False if it does not fit.
[[nodiscard]] bool encode(const ForwardTsnChunk& chunk, PacketWriter& packet);
[[nodiscard]] bool encode(const IForwardTsnChunk& chunk, PacketWriter& packet);

}  // namespace pigeon::sctp
