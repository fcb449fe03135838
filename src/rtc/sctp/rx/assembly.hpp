#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "rtc/sctp/rx/received_message.hpp"

namespace pigeon::sctp {

/// A message of which the first fragments have come without a gap.
struct Assembly {
  /// As in `DataChunk`.
  std::uint32_t number = 0;
  ReceivedMessage message;

  /// Appends a fragment.
  void append(BytesView payload) {
    message.bytes.insert(message.bytes.end(), payload.begin(), payload.end());
  }
};

/// A fragment of which the one before has not come. It counts `piece_overhead` and its payload.
struct LonelyFragment {
  bool ending = false;
  StreamId stream = 0;
  bool unordered = false;
  std::uint32_t number = 0;
  Bytes payload;
};

/// Room for a message that begins is made as for the last one that was finished, because messages
/// tend to be of a size: growing step by step would copy each byte once more.
class SizeGuess {
 public:
  /// Makes room in the buffer of a message whose first fragment is about to be copied.
  void prepare(Bytes& bytes, std::size_t first_fragment_size) const {
    bytes.reserve(std::max(last_, 2 * first_fragment_size));
  }
  /// Learns from a finished message, and gives back memory if the guess was far off: what a message
  /// counts against the window is its size.
  void learn(Bytes& bytes) {
    last_ = bytes.size();
    if (bytes.capacity() > 2 * bytes.size()) bytes.shrink_to_fit();
  }

 private:
  std::size_t last_ = 0;
};

}  // namespace pigeon::sctp
