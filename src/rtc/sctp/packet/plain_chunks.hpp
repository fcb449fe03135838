#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/types.hpp"

// Chunks with one value or none. COOKIE-ACK, SHUTDOWN-ACK and SHUTDOWN-COMPLETE have none: there is
// nothing to decode, and `PacketWriter::append` writes them. The value of COOKIE-ECHO is the
// cookie.

namespace pigeon::sctp {

/// What is in a HEARTBEAT or HEARTBEAT-ACK (RFC 9260 sections 3.3.5 and 3.3.6), only understood by
/// the sender of the former. Nothing if the chunk is neither or has no such parameter.
std::optional<BytesView> decode_heartbeat(const Chunk& chunk);
/// As HEARTBEAT or HEARTBEAT-ACK; false if it does not fit.
[[nodiscard]] bool encode_heartbeat(ChunkType type, BytesView info, PacketWriter& packet);

/// The cumulative TSN in a SHUTDOWN (RFC 9260 section 3.3.8). Nothing if malformed.
std::optional<WireTsn> decode_shutdown(const Chunk& chunk);
/// False if it does not fit.
[[nodiscard]] bool encode_shutdown(WireTsn cumulative_tsn, PacketWriter& packet);

/// A chunk of zeros to be passed over, for packets of a size (RFC 4820 section 3). `size` is its
/// whole size, at least 4 and a multiple of four. False if it does not fit.
[[nodiscard]] bool encode_pad(std::size_t size, PacketWriter& packet);

}  // namespace pigeon::sctp
