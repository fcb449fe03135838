#include "transfer/announced_frames.hpp"

namespace pigeon::transfer {

bool AnnouncedFrames::push(const AnnouncedFrame& frame) {
  if (beyond_ > 0 || frames_.size() >= count_max_) {
    ++beyond_;
    return false;
  }
  frames_.push_back(frame);
  return true;
}

std::optional<AnnouncedFrame> AnnouncedFrames::pop() {
  if (!frames_.empty()) {
    const AnnouncedFrame frame = frames_.front();
    frames_.pop_front();
    return frame;
  }
  if (beyond_ == 0) return std::nullopt;
  --beyond_;
  return AnnouncedFrame{};
}

}  // namespace pigeon::transfer
