#include "rtc/sctp/packet/data_chunk.hpp"

#include <cstring>

#include "rtc/sctp/packet/big_endian.hpp"
#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

namespace {

constexpr std::uint8_t ending_flag = 0x01;
constexpr std::uint8_t beginning_flag = 0x02;
constexpr std::uint8_t unordered_flag = 0x04;
constexpr std::uint8_t immediate_flag = 0x08;

std::uint8_t flags_of(const DataChunk& chunk) {
  return static_cast<std::uint8_t>(
      (chunk.ending ? ending_flag : 0U) | (chunk.beginning ? beginning_flag : 0U) |
      (chunk.unordered ? unordered_flag : 0U) | (chunk.immediate ? immediate_flag : 0U));
}

}  // namespace

//   DATA                                          I-DATA
//    0               1               2               3
//   +---------------+---------------+-------------------------------+
//   |   type = 0    |  res  |I|U|B|E|            length             |   type = 0x40
//   +---------------+---------------+-------------------------------+
//   |                             TSN                               |
//   +-------------------------------+-------------------------------+
//   |           stream              |             SSN               |   stream, reserved
//   +-------------------------------+-------------------------------+
//   |                             PPID                              |   MID
//   +---------------------------------------------------------------+
//   |  payload                                                      |   PPID if B is set, else FSN;
//   +---------------------------------------------------------------+   then the payload
std::optional<DataChunk> decode_data(const Chunk& chunk) {
  const bool interleaved = chunk.type == ChunkType::i_data;
  if (!interleaved && chunk.type != ChunkType::data) return std::nullopt;
  const std::size_t header_size = interleaved ? i_data_header_size : data_header_size;
  if (chunk.whole.size() < header_size) return std::nullopt;
  const std::uint8_t* const at = chunk.whole.data();
  DataChunk data = {.interleaved = interleaved,
                    .immediate = (chunk.flags & immediate_flag) != 0,
                    .unordered = (chunk.flags & unordered_flag) != 0,
                    .beginning = (chunk.flags & beginning_flag) != 0,
                    .ending = (chunk.flags & ending_flag) != 0,
                    .tsn = load_u32(at + 4),
                    .stream = load_u16(at + 8),
                    .payload = chunk.whole.subspan(header_size)};
  if (!interleaved) {
    data.message = load_u16(at + 10);
    data.ppid = Ppid{load_u32(at + 12)};
    return data;
  }
  data.message = load_u32(at + 12);
  const std::uint32_t last = load_u32(at + 16);
  if (data.beginning) {
    data.ppid = Ppid{last};
  } else {
    data.fragment = last;
  }
  return data;
}

bool encode(const DataChunk& chunk, PacketWriter& packet) {
  const ChunkType type = chunk.interleaved ? ChunkType::i_data : ChunkType::data;
  const std::size_t fields_size =
      (chunk.interleaved ? i_data_header_size : data_header_size) - tlv_header_size;
  std::uint8_t* const at =
      packet.reserve(type, flags_of(chunk), fields_size + chunk.payload.size());
  if (at == nullptr) return false;
  store_u32(at, chunk.tsn);
  store_u16(at + 4, chunk.stream);
  const auto ppid = static_cast<std::uint32_t>(chunk.ppid);
  if (chunk.interleaved) {
    store_u16(at + 6, 0);
    store_u32(at + 8, chunk.message);
    store_u32(at + 12, chunk.beginning ? ppid : chunk.fragment);
  } else {
    store_u16(at + 6, static_cast<std::uint16_t>(chunk.message));
    store_u32(at + 8, ppid);
  }
  if (!chunk.payload.empty()) {
    std::memcpy(at + fields_size, chunk.payload.data(), chunk.payload.size());
  }
  return true;
}

}  // namespace pigeon::sctp
