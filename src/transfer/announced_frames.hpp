#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "transfer/transfer_effect.hpp"

namespace pigeon::transfer {

/// A binary frame whose header has come.
struct AnnouncedFrame {
  enum class Kind : std::uint8_t { message, chunk, unwanted };

  Kind kind = Kind::unwanted;
  /// Of a chunk.
  StreamKey stream{};
  std::uint64_t size = 0;
};

/// The binary frames that a neighbor has announced, in order: messages and chunks share a channel,
/// so each frame belongs to the oldest header. Frames beyond the bound are still counted, so that
/// no later frame is taken for another.
class AnnouncedFrames {
 public:
  explicit AnnouncedFrames(std::size_t count_max) : count_max_(count_max) {}

  /// False if there are too many: the frame will come out as unwanted.
  bool push(const AnnouncedFrame& frame);
  /// A frame that will be dropped when it comes.
  void push_unwanted() { push({}); }
  /// The header of the frame that has come; nothing if none was announced.
  std::optional<AnnouncedFrame> pop();

 private:
  std::size_t count_max_;
  std::deque<AnnouncedFrame> frames_;
  /// Unwanted ones behind all of `frames_`.
  std::uint64_t beyond_ = 0;
};

}  // namespace pigeon::transfer
