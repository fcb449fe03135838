#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sys/uio.h>

#include "base/bytes.hpp"

namespace pigeon::net {

/// Bytes that wait to be written to one connection, in order: units that must go out whole or not
/// at all, each a short header with a payload. Payloads are moved in and never copied.
class SendQueue {
 public:
  /// Longest header of a unit: that of an unmasked WebSocket frame.
  static constexpr std::size_t header_bytes_max = 10;

  /// Appends a unit. At most `header_bytes_max` bytes of header.
  void push(BytesView header, std::string payload);
  void push(std::string payload) { push({}, std::move(payload)); }

  /// Points `pieces` at the bytes to be written next, as far as they go. Gives how many are used.
  std::size_t gather(std::span<iovec> pieces) const;
  /// Copies the bytes to be written next, as far as they fit. Gives their number.
  std::size_t copy(MutableBytesView out) const;
  /// Forgets bytes from the front, which have been written.
  void consume(std::size_t bytes);

  /// Drops every unit of which none of the first `committed` bytes is part and of which nothing has
  /// been written yet.
  void drop_unsent(std::size_t committed);

  bool empty() const { return first_ == units_.size(); }
  /// Bytes that wait.
  std::size_t bytes() const { return bytes_; }
  /// What they cost in memory, about.
  std::size_t cost() const { return bytes_ + (units_.size() - first_) * sizeof(Unit); }
  /// Gives memory back if the queue has once been long. Only when empty.
  void shrink();

 private:
  struct Unit {
    std::string payload;
    std::array<std::uint8_t, header_bytes_max> header;
    std::uint8_t header_size;

    std::size_t size() const { return header_size + payload.size(); }
    /// Its bytes from `offset` on: of the header, then of the payload.
    std::array<BytesView, 2> from(std::size_t offset) const;
  };

  std::vector<Unit> units_;
  // The units before it have been written.
  std::size_t first_ = 0;
  // Bytes of the first unit that have been written.
  std::size_t written_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace pigeon::net
