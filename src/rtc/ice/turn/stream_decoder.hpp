#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.hpp"

namespace pigeon::ice {

/// Cuts the byte stream of a TURN server over TCP into messages (RFC 8656 sections 3.1 and 12.5):
/// STUN messages and ChannelData, each a multiple of four bytes. Holds at most one message that is
/// not complete, up to 64 KiB and a header, and never more than has arrived.
class StreamDecoder {
 public:
  /// Takes from the front of `input` until a message is complete and gives it with its padding, or
  /// nothing when `input` is used up. The view is valid until the next call and as long as the
  /// memory behind `input`. After something that starts no message, `broken()` holds and input is
  /// ignored: the stream has no marks to find the next one by.
  std::optional<BytesView> next(BytesView& input);

  bool broken() const { return broken_; }
  /// Bytes held of the incomplete message.
  std::size_t buffered_bytes() const { return buffer_.size(); }

 private:
  bool fill(BytesView& input, std::size_t size);
  void fail(BytesView& input);

  Bytes buffer_;
  // The buffer's message has been given out.
  bool delivered_ = false;
  bool broken_ = false;
};

}  // namespace pigeon::ice
