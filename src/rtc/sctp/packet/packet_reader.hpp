#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "pigeon/result.hpp"
#include "rtc/sctp/packet/chunk.hpp"

namespace pigeon::sctp {

/// Size of `PacketHeader` with the checksum.
inline constexpr std::size_t packet_header_size = 12;

/// What every packet begins with, but for the checksum (RFC 9260 section 3.1).
struct PacketHeader {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  /// Proves that the sender has seen the handshake; 0 only on a packet with INIT.
  std::uint32_t verification_tag = 0;
  friend bool operator==(const PacketHeader&, const PacketHeader&) = default;
};

/// Whether a packet whose checksum is 0 is believed. It is once this side has declared so, because
/// DTLS protects the packet anyway (RFC 9653 section 5.1).
enum class ZeroChecksum { refused, accepted };

/// Why a packet cannot be read at all.
enum class PacketError { bad_size, wrong_checksum, bad_chunk_length };

/// Walks over the chunks of a received packet. Copies nothing: the packet must outlive the reader
/// and the chunks.
class PacketReader {
 public:
  /// Checks the checksum and the lengths of all chunks, so that a packet is taken wholly or not at
  /// all. A packet has at least one chunk, and its size is a multiple of four.
  static Result<PacketReader, PacketError> open(BytesView packet,
                                                ZeroChecksum zero = ZeroChecksum::refused);

  const PacketHeader& header() const { return header_; }
  /// The next chunk; nothing after the last.
  std::optional<Chunk> next();

 private:
  PacketReader(const PacketHeader& header, BytesView chunks) : header_(header), rest_(chunks) {}

  PacketHeader header_;
  BytesView rest_;
};

/// The checksum of a packet: over all of it, its own field read as 0 (RFC 9260 appendix A). The
/// packet has at least a common header.
std::uint32_t packet_checksum(BytesView packet);

}  // namespace pigeon::sctp
