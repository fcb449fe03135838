#include "rtc/sctp/packet/error_chunk.hpp"

#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

bool append_u32(TlvWriter& causes, CauseCode code, std::uint32_t value) {
  std::uint8_t* const at = causes.reserve(static_cast<std::uint16_t>(code), 4);
  if (at != nullptr) store_u32(at, value);
  return at != nullptr;
}

bool append_invalid_stream(TlvWriter& causes, StreamId stream) {
  // RFC 9260 section 3.3.10.1: the stream, then 16 reserved bits.
  return append_u32(causes, CauseCode::invalid_stream, std::uint32_t{stream} << 16U);
}

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   | type = 6 or 9 |  res        |T|            length             |
//   +---------------+---------------+-------------------------------+
//   |  causes                                                       |
//   +---------------------------------------------------------------+
std::optional<ErrorChunk> decode_error(const Chunk& chunk) {
  const bool abort = chunk.type == ChunkType::abort;
  if (!abort && chunk.type != ChunkType::error) return std::nullopt;
  const auto causes = TlvList::parse(chunk.value);
  if (!causes && !abort) return std::nullopt;
  return ErrorChunk{.abort = abort,
                    .tag_reflected = abort && (chunk.flags & tag_reflected_flag) != 0,
                    .causes = causes.value_or(TlvList())};
}

bool encode(const ErrorChunk& chunk, PacketWriter& packet) {
  const ChunkType type = chunk.abort ? ChunkType::abort : ChunkType::error;
  const std::uint8_t flags = chunk.abort && chunk.tag_reflected ? tag_reflected_flag : 0;
  return packet.append(type, flags, chunk.causes.bytes());
}

}  // namespace pigeon::sctp
