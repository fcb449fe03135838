#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace pigeon::net::websocket {

/// Checks UTF-8 (RFC 3629) that arrives in pieces, split anywhere. One byte of state.
class Utf8Validator {
 public:
  /// Takes the next piece. False from the first byte on that no continuation could make valid.
  bool feed(BytesView piece);

  /// True if all that was fed is valid and does not end inside a character.
  bool complete() const { return state_ == 0; }

 private:
  std::uint8_t state_ = 0;
};

/// True if `text` as a whole is valid UTF-8.
bool is_utf8(BytesView text);

}  // namespace pigeon::net::websocket
