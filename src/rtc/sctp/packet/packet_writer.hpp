#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"

namespace pigeon::sctp {

/// Whether a packet carries its checksum, or 0 because the other side accepts that (RFC 9653).
enum class WrittenChecksum { computed, zero };

/// Bundles chunks into a packet, in memory of the caller. Each chunk has a function `encode(chunk,
/// writer)` beside it, which is false, and writes nothing, if the chunk does not fit.
class PacketWriter {
 public:
  /// `room` has at least 12 bytes; its size is the largest size of the packet.
  PacketWriter(MutableBytesView room, const PacketHeader& header);

  /// Appends a chunk without its value: where its `value_size` bytes are to be written; null if it
  /// does not fit. The padding is written.
  [[nodiscard]] std::uint8_t* reserve(ChunkType type, std::uint8_t flags, std::size_t value_size);
  /// Appends a chunk whose value is at hand; false if it does not fit.
  [[nodiscard]] bool append(ChunkType type, std::uint8_t flags = 0, BytesView value = {});

  /// True as long as there is no chunk.
  bool empty() const { return used_ == packet_header_size; }
  /// Bytes left for chunks, their headers and padding included: a multiple of four.
  std::size_t room_left() const { return (room_.size() - used_) & ~std::size_t{3}; }
  /// Size of the packet so far.
  std::size_t size() const { return used_; }

  /// Writes the checksum and returns the packet, which lies at the start of the caller's memory.
  BytesView finish(WrittenChecksum checksum = WrittenChecksum::computed);

 private:
  MutableBytesView room_;
  std::size_t used_ = packet_header_size;
};

}  // namespace pigeon::sctp
