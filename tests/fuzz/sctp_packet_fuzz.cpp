#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/packet/error_chunk.hpp"
#include "rtc/sctp/packet/forward_tsn_chunk.hpp"
#include "rtc/sctp/packet/init_chunk.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/parameter.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"
#include "rtc/sctp/packet/reconfig_chunk.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"

// The input is a packet, whose checksum is taken for 0. What is understood is written anew; what
// came out of that must come out of itself.

namespace {

using namespace pigeon;
using namespace pigeon::sctp;

constexpr std::size_t packet_size_max = 70'000;

template <class Decoded>
bool encode_if(const std::optional<Decoded>& decoded, PacketWriter& packet) {
  return decoded && encode(*decoded, packet);
}

template <class Decoded>
bool append_if(const std::optional<Decoded>& decoded, TlvWriter& list) {
  return decoded && append(list, *decoded);
}

bool write_parameter_anew(const Tlv& parameter, TlvWriter& list) {
  return append_if(decode_outgoing_reset(parameter), list) ||
         append_if(decode_incoming_reset(parameter), list) ||
         append_if(decode_association_reset(parameter), list) ||
         append_if(decode_add_streams(parameter), list) ||
         append_if(decode_reconfig_response(parameter), list) ||
         list.append(parameter.type, parameter.value);
}

TlvList write_anew(const TlvList& list, MutableBytesView room) {
  TlvWriter writer(room);
  for (const Tlv& item : list) PIGEON_ASSERT(write_parameter_anew(item, writer));
  return writer.written();
}

bool write_init_anew(const Chunk& chunk, PacketWriter& packet, MutableBytesView room) {
  auto init = decode_init(chunk);
  if (!init) return false;
  init->parameters = write_anew(init->parameters, room);
  // Only looked at.
  has_extension(init->parameters, ChunkType::re_config);
  return encode(*init, chunk.type, packet);
}

bool write_error_anew(const Chunk& chunk, PacketWriter& packet, MutableBytesView room) {
  auto error = decode_error(chunk);
  if (!error) return false;
  TlvWriter causes(room);
  for (const Tlv& cause : error->causes) PIGEON_ASSERT(causes.append(cause.type, cause.value));
  error->causes = causes.written();
  return encode(*error, packet);
}

/// False if the chunk is malformed.
bool write_chunk_anew(const Chunk& chunk, PacketWriter& packet, MutableBytesView room) {
  switch (chunk.type) {
    case ChunkType::data:
    case ChunkType::i_data:
      return encode_if(decode_data(chunk), packet);
    case ChunkType::init:
    case ChunkType::init_ack:
      return write_init_anew(chunk, packet, room);
    case ChunkType::sack:
      return encode_if(decode_sack(chunk), packet);
    case ChunkType::heartbeat:
    case ChunkType::heartbeat_ack: {
      const auto info = decode_heartbeat(chunk);
      return info && encode_heartbeat(chunk.type, *info, packet);
    }
    case ChunkType::abort:
    case ChunkType::error:
      return write_error_anew(chunk, packet, room);
    case ChunkType::shutdown: {
      const auto tsn = decode_shutdown(chunk);
      return tsn && encode_shutdown(*tsn, packet);
    }
    case ChunkType::re_config: {
      const auto parameters = decode_reconfig(chunk);
      return parameters && encode_reconfig(write_anew(*parameters, room), packet);
    }
    case ChunkType::forward_tsn:
      return encode_if(decode_forward_tsn(chunk), packet);
    case ChunkType::i_forward_tsn:
      return encode_if(decode_i_forward_tsn(chunk), packet);
    default:
      unknown_rule(chunk.type);
      return packet.append(chunk.type, chunk.flags, chunk.value);
  }
}

Bytes write_packet_anew(BytesView packet, bool must_be_understood) {
  auto reader = PacketReader::open(packet, ZeroChecksum::accepted);
  if (!reader) {
    PIGEON_ASSERT(!must_be_understood);
    return {};
  }
  Bytes written(packet_size_max);
  Bytes room(packet_size_max);
  PacketWriter writer(written, reader->header());
  while (const auto chunk = reader->next()) {
    const bool understood = write_chunk_anew(*chunk, writer, room);
    PIGEON_ASSERT(understood || !must_be_understood);
  }
  if (writer.empty()) return {};
  written.resize(
      writer.finish(must_be_understood ? WrittenChecksum::zero : WrittenChecksum::computed).size());
  return written;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0xffff) return 0;
  Bytes packet(data, data + size);
  if (size >= packet_header_size) std::fill_n(packet.begin() + 8, 4, std::uint8_t{0});
  Bytes once = write_packet_anew(packet, false);
  if (once.empty()) return 0;
  PIGEON_ASSERT(once.size() <= packet.size());
  PIGEON_ASSERT(PacketReader::open(once));

  const Bytes twice = write_packet_anew(once, true);

  std::fill_n(once.begin() + 8, 4, std::uint8_t{0});
  PIGEON_ASSERT(twice == once);
  return 0;
}
