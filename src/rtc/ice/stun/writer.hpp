#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "rtc/ice/stun/types.hpp"

namespace pigeon::ice {

/// Builds a STUN message (RFC 8489) in a buffer of the caller. What does not fit makes `finish`
/// return 0, so that only the end has to be checked.
class StunWriter {
 public:
  StunWriter(MutableBytesView buffer, StunClass message_class, StunMethod method,
             const TransactionId& transaction);

  /// An attribute with this value; a flag such as USE-CANDIDATE has none.
  void attribute(StunAttribute type, BytesView value = {});
  void text(StunAttribute type, std::string_view value) { attribute(type, as_bytes(value)); }
  /// CHANNEL-NUMBER goes into the upper half, REQUESTED-TRANSPORT and the address family into the
  /// upper 8 bits.
  void u32(StunAttribute type, std::uint32_t value);
  void u64(StunAttribute type, std::uint64_t value);
  /// As in MAPPED-ADDRESS (RFC 8489 section 14.1).
  void address(StunAttribute type, const SocketAddress& address);
  /// As in XOR-MAPPED-ADDRESS (RFC 8489 section 14.2).
  void xor_address(StunAttribute type, const SocketAddress& address);
  /// ERROR-CODE; `code` is 300 to 699.
  void error_code(std::uint16_t code, std::string_view reason);
  void unknown_attributes(std::span<const StunAttribute> types);

  /// MESSAGE-INTEGRITY over everything so far (RFC 8489 section 14.5). Only `fingerprint` may
  /// follow.
  void integrity(BytesView key);
  /// FINGERPRINT over everything so far (RFC 8489 section 14.7). Nothing may follow.
  void fingerprint();

  /// The size of the message; 0 if the buffer was too small for it.
  std::size_t finish() const { return failed_ ? 0 : size_; }

 private:
  /// Writes the head of an attribute, zeroes the padding and returns the place for its value;
  /// empty if it does not fit.
  MutableBytesView append(StunAttribute type, std::size_t size);
  void write_address(StunAttribute type, const SocketAddress& address, BytesView mask);

  MutableBytesView buffer_;
  std::size_t size_ = 0;
  bool failed_ = false;
};

}  // namespace pigeon::ice
