#pragma once

#include <cstddef>
#include <cstdint>

namespace pigeon::net {

enum class IoStatus : std::uint8_t {
  /// Some bytes were moved, or the step was done.
  done,
  /// To be tried again when the socket is readable.
  wants_read,
  /// To be tried again when the socket is writable.
  wants_write,
  /// The other end sends no more.
  ended,
  /// The connection is broken.
  failed,
};

/// How a non-blocking operation on a connection went.
struct IoResult {
  IoStatus status = IoStatus::failed;
  std::size_t bytes = 0;
};

}  // namespace pigeon::net
