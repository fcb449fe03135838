#include "rtc/sctp/packet/init_chunk.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "rtc/sctp/packet/big_endian.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::size_t fields_size = 16;

}  // namespace

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   | type = 1 or 2 |   flags = 0   |            length             |
//   +---------------+---------------+-------------------------------+
//   |                         initiate tag                          |
//   +---------------------------------------------------------------+
//   |                            window                             |
//   +-------------------------------+-------------------------------+
//   |       outbound streams        |        inbound streams        |
//   +-------------------------------+-------------------------------+
//   |                          initial TSN                          |
//   +---------------------------------------------------------------+
//   |  parameters                                                   |
//   +---------------------------------------------------------------+
std::optional<InitChunk> decode_init(const Chunk& chunk) {
  const bool named = chunk.type == ChunkType::init || chunk.type == ChunkType::init_ack;
  if (!named || chunk.value.size() < fields_size) return std::nullopt;
  const auto parameters = TlvList::parse(chunk.value.subspan(fields_size));
  if (!parameters) return std::nullopt;
  const std::uint8_t* const at = chunk.value.data();
  return InitChunk{.initiate_tag = load_u32(at),
                   .window = load_u32(at + 4),
                   .outbound_streams = load_u16(at + 8),
                   .inbound_streams = load_u16(at + 10),
                   .initial_tsn = load_u32(at + 12),
                   .parameters = *parameters};
}

bool encode(const InitChunk& chunk, ChunkType type, PacketWriter& packet) {
  PIGEON_ASSERT(type == ChunkType::init || type == ChunkType::init_ack);
  const BytesView parameters = chunk.parameters.bytes();
  std::uint8_t* const at = packet.reserve(type, 0, fields_size + parameters.size());
  if (at == nullptr) return false;
  store_u32(at, chunk.initiate_tag);
  store_u32(at + 4, chunk.window);
  store_u16(at + 8, chunk.outbound_streams);
  store_u16(at + 10, chunk.inbound_streams);
  store_u32(at + 12, chunk.initial_tsn);
  std::copy(parameters.begin(), parameters.end(), at + fields_size);
  return true;
}

}  // namespace pigeon::sctp
