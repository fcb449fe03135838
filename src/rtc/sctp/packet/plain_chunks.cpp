#include "rtc/sctp/packet/plain_chunks.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "rtc/sctp/packet/big_endian.hpp"
#include "rtc/sctp/packet/parameter.hpp"
#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   | type = 4 or 5 |   flags = 0   |            length             |
//   +---------------+---------------+-------------------------------+
//   |   heartbeat info parameter    |      length of parameter      |
//   +-------------------------------+-------------------------------+
//   |  whatever the sender wants back                               |
//   +---------------------------------------------------------------+
std::optional<BytesView> decode_heartbeat(const Chunk& chunk) {
  if (chunk.type != ChunkType::heartbeat && chunk.type != ChunkType::heartbeat_ack) {
    return std::nullopt;
  }
  const auto parameters = TlvList::parse(chunk.value);
  if (!parameters) return std::nullopt;
  const std::optional<Tlv> info = find(*parameters, ParameterType::heartbeat_info);
  if (!info) return std::nullopt;
  return info->value;
}

bool encode_heartbeat(ChunkType type, BytesView info, PacketWriter& packet) {
  PIGEON_ASSERT(type == ChunkType::heartbeat || type == ChunkType::heartbeat_ack);
  const std::size_t length = tlv_header_size + info.size();
  if (length > 0xffff) return false;
  std::uint8_t* const at = packet.reserve(type, 0, length);
  if (at == nullptr) return false;
  store_u16(at, static_cast<std::uint16_t>(ParameterType::heartbeat_info));
  store_u16(at + 2, static_cast<std::uint16_t>(length));
  std::copy(info.begin(), info.end(), at + tlv_header_size);
  return true;
}

//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   |   type = 7    |   flags = 0   |          length = 8           |
//   +---------------+---------------+-------------------------------+
//   |                        cumulative TSN                         |
//   +---------------------------------------------------------------+
std::optional<WireTsn> decode_shutdown(const Chunk& chunk) {
  if (chunk.type != ChunkType::shutdown || chunk.value.size() != 4) return std::nullopt;
  return load_u32(chunk.value.data());
}

bool encode_shutdown(WireTsn cumulative_tsn, PacketWriter& packet) {
  std::uint8_t* const at = packet.reserve(ChunkType::shutdown, 0, 4);
  if (at != nullptr) store_u32(at, cumulative_tsn);
  return at != nullptr;
}

bool encode_pad(std::size_t size, PacketWriter& packet) {
  PIGEON_ASSERT(size >= tlv_header_size);
  const std::size_t value_size = size - tlv_header_size;
  std::uint8_t* const at = packet.reserve(ChunkType::pad, 0, value_size);
  if (at != nullptr) std::fill_n(at, value_size, std::uint8_t{0});
  return at != nullptr;
}

}  // namespace pigeon::sctp
