#include "rtc/sctp/packet/sack_chunk.hpp"

#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::size_t fields_size = 12;

}  // namespace

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   |   type = 3    |   flags = 0   |            length             |
//   +---------------+---------------+-------------------------------+
//   |                        cumulative TSN                         |
//   +---------------------------------------------------------------+
//   |                            window                             |
//   +-------------------------------+-------------------------------+
//   |     number of gap blocks      |     number of duplicates      |
//   +-------------------------------+-------------------------------+
//   |    first of the gap block     |     last of the gap block     |  repeated
//   +-------------------------------+-------------------------------+
//   |                         duplicate TSN                         |  repeated
//   +---------------------------------------------------------------+
std::optional<SackChunk> decode_sack(const Chunk& chunk) {
  if (chunk.type != ChunkType::sack || chunk.value.size() < fields_size) return std::nullopt;
  const std::uint8_t* const at = chunk.value.data();
  const std::size_t gaps_size = std::size_t{4} * load_u16(at + 8);
  const std::size_t duplicates_size = std::size_t{4} * load_u16(at + 10);
  const BytesView lists = chunk.value.subspan(fields_size);
  if (lists.size() != gaps_size + duplicates_size) return std::nullopt;
  return SackChunk{
      .cumulative_tsn = load_u32(at),
      .window = load_u32(at + 4),
      .gaps = ItemList<GapBlock>::from_wire(lists.first(gaps_size)),
      .duplicates = ItemList<WireTsn>::from_wire(lists.subspan(gaps_size)),
  };
}

bool encode(const SackChunk& chunk, PacketWriter& packet) {
  if (chunk.gaps.size() > 0xffff || chunk.duplicates.size() > 0xffff) return false;
  const std::size_t gaps_size = chunk.gaps.wire_size();
  std::uint8_t* const at =
      packet.reserve(ChunkType::sack, 0, fields_size + gaps_size + chunk.duplicates.wire_size());
  if (at == nullptr) return false;
  store_u32(at, chunk.cumulative_tsn);
  store_u32(at + 4, chunk.window);
  store_u16(at + 8, static_cast<std::uint16_t>(chunk.gaps.size()));
  store_u16(at + 10, static_cast<std::uint16_t>(chunk.duplicates.size()));
  chunk.gaps.store(at + fields_size);
  chunk.duplicates.store(at + fields_size + gaps_size);
  return true;
}

}  // namespace pigeon::sctp
