#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace pigeon::dtls {

// RFC 6347 section 4.1:
//
//   | type 1 | version 2 | epoch 2 | sequence number 6 | length 2 | fragment |

inline constexpr std::size_t record_header_size = 13;

/// RFC 5246 section 6.2.1.
enum class ContentType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
};

/// A record as it came; the views last as long as the datagram.
struct RecordView {
  ContentType type{};
  std::uint16_t epoch = 0;
  /// 48 bits.
  std::uint64_t sequence = 0;
  BytesView fragment;
  /// Header and fragment.
  BytesView whole;
};

/// Takes the next record off the front of a datagram. Nothing if what is left is not one whole
/// record of DTLS 1.0 or 1.2; the rest of the datagram means nothing then (RFC 6347
/// section 4.1.2.7).
std::optional<RecordView> take_record(BytesView& datagram);

/// Writes the header of a record of DTLS 1.2 to the front of `out`, which has room for it.
void write_record_header(MutableBytesView out, ContentType type, std::uint16_t epoch,
                         std::uint64_t sequence, std::size_t fragment_size);

}  // namespace pigeon::dtls
