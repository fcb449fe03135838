#include "rtc/sctp/packet/packet_writer.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "rtc/sctp/packet/big_endian.hpp"
#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

PacketWriter::PacketWriter(MutableBytesView room, const PacketHeader& header) : room_(room) {
  PIGEON_ASSERT(room.size() >= packet_header_size);
  store_u16(room.data(), header.source_port);
  store_u16(room.data() + 2, header.destination_port);
  store_u32(room.data() + 4, header.verification_tag);
  store_u32(room.data() + 8, 0);
}

std::uint8_t* PacketWriter::reserve(ChunkType type, std::uint8_t flags, std::size_t value_size) {
  const std::size_t length = tlv_header_size + value_size;
  if (length > 0xffff || padded(length) > room_left()) return nullptr;
  std::uint8_t* const at = room_.data() + used_;
  at[0] = static_cast<std::uint8_t>(type);
  at[1] = flags;
  store_u16(at + 2, static_cast<std::uint16_t>(length));
  std::fill(at + length, at + padded(length), std::uint8_t{0});
  used_ += padded(length);
  return at + tlv_header_size;
}

bool PacketWriter::append(ChunkType type, std::uint8_t flags, BytesView value) {
  std::uint8_t* const place = reserve(type, flags, value.size());
  if (place != nullptr) std::copy(value.begin(), value.end(), place);
  return place != nullptr;
}

BytesView PacketWriter::finish(WrittenChecksum checksum) {
  const BytesView packet = BytesView(room_).first(used_);
  store_u32(room_.data() + 8, 0);
  if (checksum == WrittenChecksum::zero) return packet;
  // Lowest byte first (RFC 9260 appendix A).
  const std::uint32_t sum = packet_checksum(packet);
  for (unsigned i = 0; i < 4; ++i) room_[8 + i] = static_cast<std::uint8_t>(sum >> (8 * i));
  return packet;
}

}  // namespace pigeon::sctp
