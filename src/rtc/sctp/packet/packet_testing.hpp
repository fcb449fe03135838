#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "base/assert.hpp"
#include "base/hex.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"

namespace pigeon::sctp {

/// A packet with what `encode` writes into it.
inline Bytes packet_with(const std::function<bool(PacketWriter&)>& encode) {
  Bytes room(70'000);
  PacketWriter writer(room, {.source_port = 5000, .destination_port = 5000, .verification_tag = 7});
  PIGEON_ASSERT(encode(writer));
  const BytesView packet = writer.finish();
  return {packet.begin(), packet.end()};
}

/// Bytes of the first chunk that `encode` writes, in hexadecimal.
inline std::string chunk_hex(const std::function<bool(PacketWriter&)>& encode) {
  return encode_hex(BytesView(packet_with(encode)).subspan(packet_header_size));
}

/// A chunk out of its bytes, which must outlive it.
inline Chunk chunk_of(BytesView whole) {
  return {
      .type = ChunkType{whole[0]}, .flags = whole[1], .value = whole.subspan(4), .whole = whole};
}

/// Calls `decode` with every truncation of a chunk, each in memory of its own, so that a sanitizer
/// sees a read beyond its end. Says how many were accepted.
template <class Decode>
std::size_t count_accepted_truncations(BytesView whole, Decode decode) {
  std::size_t accepted = 0;
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> cut(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (decode(chunk_of(cut))) ++accepted;
  }
  return accepted;
}

}  // namespace pigeon::sctp
