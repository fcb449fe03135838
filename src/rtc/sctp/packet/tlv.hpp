#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace pigeon::sctp {

/// Every chunk, parameter and cause begins with four bytes: what it is, and its length.
inline constexpr std::size_t tlv_header_size = 4;

/// Size with the padding to a multiple of four bytes (RFC 9260 section 3.2).
constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// A parameter of a chunk (RFC 9260 section 3.2.1) or a cause of an error (section 3.3.10), as it
/// lies in a packet.
///
///    0                   1                   2                   3
///    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///   +-------------------------------+-------------------------------+
///   |             type              |   length, without padding     |
///   +-------------------------------+-------------------------------+
///   |  value, then 0 to 3 bytes of padding                          |
///   +---------------------------------------------------------------+
struct Tlv {
  std::uint16_t type = 0;
  BytesView value;
  /// Header and value, to be sent back if it was not understood.
  BytesView whole;
};

/// A list of parameters or causes that was found well-formed.
class TlvList {
 public:
  TlvList() = default;

  /// Nothing if a length is below 4 or goes beyond the end. The padding of the last one may be
  /// missing: it belongs to the chunk (RFC 9260 section 3.2).
  static std::optional<TlvList> parse(BytesView bytes);

  bool empty() const { return bytes_.empty(); }
  /// The first of a type; nothing if there is none.
  std::optional<Tlv> find(std::uint16_t type) const;
  /// The list as it lies on the wire.
  BytesView bytes() const { return bytes_; }

  /// Enough to say `for (const Tlv& item : list)`.
  class Iterator {
   public:
    explicit Iterator(BytesView rest) : rest_(rest) {}
    Tlv operator*() const;
    Iterator& operator++();
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    BytesView rest_;
  };
  Iterator begin() const { return Iterator(bytes_); }
  static Iterator end() { return Iterator(BytesView()); }

 private:
  friend class TlvWriter;
  explicit TlvList(BytesView bytes) : bytes_(bytes) {}

  BytesView bytes_;
};

/// Writes parameters or causes one after the other into the caller's memory, each padded with
/// zeros.
class TlvWriter {
 public:
  explicit TlvWriter(MutableBytesView room) : room_(room) {}

  /// False, and nothing is written, if it does not fit or the value exceeds 65,531 bytes.
  [[nodiscard]] bool append(std::uint16_t type, BytesView value);
  /// The same without the value: where its `value_size` bytes are to be written; null if it does
  /// not fit.
  [[nodiscard]] std::uint8_t* reserve(std::uint16_t type, std::size_t value_size);
  /// What was written, the padding of the last one left to the chunk (RFC 9260 section 3.2).
  TlvList written() const { return TlvList(BytesView(room_).first(end_)); }

 private:
  MutableBytesView room_;
  std::size_t end_ = 0;
};

}  // namespace pigeon::sctp
