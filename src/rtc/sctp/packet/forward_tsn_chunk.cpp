#include "rtc/sctp/packet/forward_tsn_chunk.hpp"

#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

namespace {

template <class ForwardTsn, class Item>
std::optional<ForwardTsn> decode_as(const Chunk& chunk, ChunkType type) {
  if (chunk.type != type || chunk.value.size() < 4) return std::nullopt;
  const BytesView list = chunk.value.subspan(4);
  if (list.size() % WireFormat<Item>::size != 0) return std::nullopt;
  return ForwardTsn{.cumulative_tsn = load_u32(chunk.value.data()),
                    .skipped = ItemList<Item>::from_wire(list)};
}

template <class ForwardTsn>
bool encode_as(const ForwardTsn& chunk, ChunkType type, PacketWriter& packet) {
  std::uint8_t* const at = packet.reserve(type, 0, 4 + chunk.skipped.wire_size());
  if (at == nullptr) return false;
  store_u32(at, chunk.cumulative_tsn);
  chunk.skipped.store(at + 4);
  return true;
}

}  // namespace

//   FORWARD-TSN                                   I-FORWARD-TSN
//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   |  type = 0xc0  |   flags = 0   |            length             |   type = 0xc2
//   +---------------+---------------+-------------------------------+
//   |                      new cumulative TSN                       |
//   +-------------------------------+-------------------------------+
//   |            stream             |              SSN              |   stream, 15 reserved bits,
//   U;
//   +-------------------------------+-------------------------------+   MID
//   |  more of them                                                 |
//   +---------------------------------------------------------------+
std::optional<ForwardTsnChunk> decode_forward_tsn(const Chunk& chunk) {
  return decode_as<ForwardTsnChunk, SkippedSsn>(chunk, ChunkType::forward_tsn);
}

std::optional<IForwardTsnChunk> decode_i_forward_tsn(const Chunk& chunk) {
  return decode_as<IForwardTsnChunk, SkippedMid>(chunk, ChunkType::i_forward_tsn);
}

bool encode(const ForwardTsnChunk& chunk, PacketWriter& packet) {
  return encode_as(chunk, ChunkType::forward_tsn, packet);
}

bool encode(const IForwardTsnChunk& chunk, PacketWriter& packet) {
  return encode_as(chunk, ChunkType::i_forward_tsn, packet);
}

}  // namespace pigeon::sctp
