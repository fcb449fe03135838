#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "rtc/sctp/packet/chunk.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Bytes of a DATA chunk before the payload, and of an I-DATA chunk.
inline constexpr std::size_t data_header_size = 16;
inline constexpr std::size_t i_data_header_size = 20;

/// A fragment of a message, or a whole one: DATA (RFC 9260 section 3.3.1) or I-DATA (RFC 8260
/// section 2.1).
struct DataChunk {
  /// I-DATA instead of DATA.
  bool interleaved = false;
  /// The receiver shall send its SACK at once.
  bool immediate = false;
  bool unordered = false;
  /// First and last fragment of the message.
  bool beginning = false;
  bool ending = false;
  WireTsn tsn = 0;
  StreamId stream = 0;
  /// The message within its stream: in DATA the 16 bits of the SSN, which mean nothing if
  /// unordered; in I-DATA the MID, which ordered and unordered messages count apart.
  std::uint32_t message = 0;
  /// Place of the fragment in the message; 0 in DATA and in the first fragment of I-DATA.
  std::uint32_t fragment = 0;
  /// In I-DATA only the first fragment carries it.
  Ppid ppid{0};
  /// Where it lies in the packet. Empty is an error of the sender (RFC 9260 section 6.2), which the
  /// decoder leaves to the association.
  BytesView payload;
};

/// Nothing if the chunk is neither DATA nor I-DATA or is too short.
std::optional<DataChunk> decode_data(const Chunk& chunk);
/// False if it does not fit. Copies the payload once.
[[nodiscard]] bool encode(const DataChunk& chunk, PacketWriter& packet);

}  // namespace pigeon::sctp
