#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/tlv.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// How a side introduces itself: INIT and INIT-ACK (RFC 9260 sections 3.3.2 and 3.3.3). What the
/// values must not be (a tag of 0, no streams) is for the association to refuse.
struct InitChunk {
  /// The verification tag of every packet to its sender.
  std::uint32_t initiate_tag = 0;
  /// Bytes that its sender has room for.
  std::uint32_t window = 0;
  /// Streams that it wants to send on, and that it can receive on.
  std::uint16_t outbound_streams = 0;
  std::uint16_t inbound_streams = 0;
  WireTsn initial_tsn = 0;
  TlvList parameters;
};

/// Nothing if the chunk is neither INIT nor INIT-ACK, or is malformed.
std::optional<InitChunk> decode_init(const Chunk& chunk);
/// As INIT or as INIT-ACK; false if it does not fit.
[[nodiscard]] bool encode(const InitChunk& chunk, ChunkType type, PacketWriter& packet);

}  // namespace pigeon::sctp
