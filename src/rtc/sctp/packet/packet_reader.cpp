#include "rtc/sctp/packet/packet_reader.hpp"

#include <array>

#include "crypto/crc32c.hpp"
#include "rtc/sctp/packet/big_endian.hpp"
#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::size_t checksum_offset = 8;

/// The checksum is the one number that lies lowest byte first (RFC 9260 appendix A).
std::uint32_t checksum_of(BytesView packet) {
  const std::uint8_t* at = packet.data() + checksum_offset;
  return static_cast<std::uint32_t>(at[3]) << 24U | static_cast<std::uint32_t>(at[2]) << 16U |
         static_cast<std::uint32_t>(at[1]) << 8U | static_cast<std::uint32_t>(at[0]);
}

bool is_checksum_right(BytesView packet, ZeroChecksum zero) {
  const std::uint32_t given = checksum_of(packet);
  // RFC 9653 section 5.3: a packet with a right checksum is always accepted.
  if (given == 0 && zero == ZeroChecksum::accepted) return true;
  return given == packet_checksum(packet);
}

//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +---------------+---------------+-------------------------------+
//   |     type      |     flags     |   length, without padding     |
//   +---------------+---------------+-------------------------------+
//   |  value, then 0 to 3 bytes of padding                          |
//   +---------------------------------------------------------------+
std::size_t chunk_length(BytesView chunks) { return load_u16(chunks.data() + 2); }

bool are_chunks_whole(BytesView chunks) {
  while (!chunks.empty()) {
    // The size of the rest is a multiple of four, so the header is there.
    const std::size_t length = chunk_length(chunks);
    if (length < tlv_header_size || padded(length) > chunks.size()) return false;
    chunks = chunks.subspan(padded(length));
  }
  return true;
}

}  // namespace

//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-------------------------------+-------------------------------+
//   |          source port          |       destination port        |
//   +-------------------------------+-------------------------------+
//   |                       verification tag                        |
//   +---------------------------------------------------------------+
//   |                           checksum                            |
//   +---------------------------------------------------------------+
//   |  chunks                                                       |
//   +---------------------------------------------------------------+
Result<PacketReader, PacketError> PacketReader::open(BytesView packet, ZeroChecksum zero) {
  if (packet.size() < packet_header_size + tlv_header_size || packet.size() % 4 != 0) {
    return Unexpected(PacketError::bad_size);
  }
  if (!is_checksum_right(packet, zero)) return Unexpected(PacketError::wrong_checksum);
  const BytesView chunks = packet.subspan(packet_header_size);
  if (!are_chunks_whole(chunks)) return Unexpected(PacketError::bad_chunk_length);
  const PacketHeader header = {.source_port = load_u16(packet.data()),
                               .destination_port = load_u16(packet.data() + 2),
                               .verification_tag = load_u32(packet.data() + 4)};
  return PacketReader(header, chunks);
}

std::optional<Chunk> PacketReader::next() {
  if (rest_.empty()) return std::nullopt;
  const BytesView whole = rest_.first(chunk_length(rest_));
  rest_ = rest_.subspan(padded(whole.size()));
  return Chunk{.type = ChunkType{whole[0]},
               .flags = whole[1],
               .value = whole.subspan(tlv_header_size),
               .whole = whole};
}

std::uint32_t packet_checksum(BytesView packet) {
  constexpr std::array<std::uint8_t, 4> zeros = {};
  const std::uint32_t start = crypto::crc32c(zeros, crypto::crc32c(packet.first(checksum_offset)));
  return crypto::crc32c(packet.subspan(packet_header_size), start);
}

}  // namespace pigeon::sctp
