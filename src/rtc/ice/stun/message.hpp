#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "pigeon/result.hpp"
#include "rtc/ice/stun/types.hpp"

namespace pigeon::ice {

/// Why bytes are no STUN message.
enum class StunError {
  /// Too short, the first two bits not 0, or another cookie.
  not_stun,
  /// The length in the header is not that of the bytes, or no multiple of 4.
  wrong_length,
  /// An attribute reaches beyond the end.
  malformed_attribute,
  /// More than `StunMessage::attribute_count_max`.
  too_many_attributes,
  /// FINGERPRINT has a wrong value or is not the last attribute.
  wrong_fingerprint,
};
std::string_view to_string(StunError error);

/// Whether a datagram is meant for STUN, and not for DTLS, RTP or a TURN channel, which share the
/// port (RFC 7983 section 7). Looks at the first bytes only.
bool is_stun(BytesView datagram);

/// The value of ERROR-CODE (RFC 8489 section 14.8).
struct StunErrorCode {
  /// 300 to 699.
  std::uint16_t code = 0;
  /// For humans; not necessarily UTF-8.
  std::string_view reason;
};

/// A well-formed STUN message (RFC 8489), seen in the datagram that brought it; it owns nothing.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |0 0|     STUN Message Type     |         Message Length        |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         Magic Cookie                          |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     Transaction ID (96 bits)                  |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// Behind it attributes: type and length of 16 bits each, the value, padding to a multiple of 4.
class StunMessage {
 public:
  static constexpr std::size_t attribute_count_max = 64;

  struct Attribute {
    StunAttribute type{};
    BytesView value;
  };

  /// Goes through the attributes in their order: `while (const auto attribute = cursor.next())`.
  class Cursor {
   public:
    /// The next attribute; nothing at the end.
    std::optional<Attribute> next();

   private:
    friend class StunMessage;
    explicit Cursor(BytesView rest) : rest_(rest) {}

    BytesView rest_;
  };

  StunClass message_class() const;
  /// One of `StunMethod`, or any other 12 bits.
  StunMethod method() const;
  TransactionId transaction() const;
  /// All bytes.
  BytesView bytes() const { return bytes_; }

  /// The attributes in front of the integrity, which ends what a receiver may look at
  /// (RFC 8489 section 14.5); all if there is none. FINGERPRINT may be among them.
  Cursor attributes() const;
  /// The first attribute of the type; its repetitions do not count (RFC 8489 section 14).
  std::optional<BytesView> find(StunAttribute type) const;
  bool has(StunAttribute type) const { return find(type).has_value(); }

  /// The value as a number of exactly this size; nothing for other sizes. CHANNEL-NUMBER is the
  /// upper half of its 32 bits, REQUESTED-TRANSPORT and the address family the upper 8 bits.
  std::optional<std::uint32_t> u32(StunAttribute type) const;
  std::optional<std::uint64_t> u64(StunAttribute type) const;
  std::optional<std::string_view> text(StunAttribute type) const;
  /// An address as in MAPPED-ADDRESS (RFC 8489 section 14.1).
  std::optional<SocketAddress> address(StunAttribute type) const;
  /// An address as in XOR-MAPPED-ADDRESS (RFC 8489 section 14.2).
  std::optional<SocketAddress> xor_address(StunAttribute type) const;
  /// XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS.
  std::optional<SocketAddress> mapped_address() const;
  std::optional<StunErrorCode> error_code() const;

  /// Writes the attributes one had to understand but does not to `out`, as many as fit, and says
  /// how many it wrote.
  std::size_t unknown_required(std::span<StunAttribute> out) const;

  bool has_integrity() const { return integrity_offset_ != 0; }
  /// Whether MESSAGE-INTEGRITY is there and proves that the sender knew `key` (RFC 8489 section
  /// 14.5): for ICE the password, for TURN MD5(username:realm:password).
  bool integrity_matches(BytesView key) const;
  /// Whether FINGERPRINT is there; it is right then, or the message had not been decoded.
  bool has_fingerprint() const { return has_fingerprint_; }

 private:
  friend Result<StunMessage, StunError> decode_stun(BytesView datagram);
  explicit StunMessage(BytesView bytes) : bytes_(bytes) {}
  std::optional<StunError> check();

  BytesView bytes_;
  /// Where MESSAGE-INTEGRITY begins; 0 if there is none.
  std::size_t integrity_offset_ = 0;
  bool has_fingerprint_ = false;
};

/// Reads one message that fills the datagram. Allocates nothing; the result points into `datagram`.
Result<StunMessage, StunError> decode_stun(BytesView datagram);

}  // namespace pigeon::ice
