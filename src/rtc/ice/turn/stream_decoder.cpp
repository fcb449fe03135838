#include "rtc/ice/turn/stream_decoder.hpp"

#include <algorithm>

#include "rtc/ice/stun/types.hpp"
#include "rtc/ice/turn/channel_data.hpp"

namespace pigeon::ice {

namespace {

/// Both kinds tell their length in the third and fourth byte.
constexpr std::size_t prefix_size = 4;
/// Memory kept between messages; more is given back, since large messages are rare.
constexpr std::size_t kept_bytes_max = 2'048;

/// The size with the padding; nothing if `start` is too short to tell or starts no message.
std::optional<std::size_t> frame_size(BytesView start) {
  if (start.size() < prefix_size) return std::nullopt;
  const auto length = static_cast<std::size_t>(start[2] << 8U | start[3]);
  switch (classify(start[0])) {
    case TurnFrame::stun:
      // RFC 8489 section 5: the length is a multiple of four.
      if (length % 4 != 0) return std::nullopt;
      return stun_header_size + length;
    case TurnFrame::channel_data:
      return channel_data_header_size + (length + 3) / 4 * 4;
    case TurnFrame::unknown:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<BytesView> StreamDecoder::next(BytesView& input) {
  if (delivered_) {
    buffer_.clear();
    if (buffer_.capacity() > kept_bytes_max) buffer_.shrink_to_fit();
    delivered_ = false;
  }
  if (broken_) {
    input = {};
    return std::nullopt;
  }
  if (buffer_.empty()) {
    const auto size = frame_size(input);
    if (size && *size <= input.size()) {
      const BytesView whole = input.first(*size);
      input = input.subspan(*size);
      return whole;
    }
  }
  if (!fill(input, prefix_size)) return std::nullopt;
  const auto size = frame_size(buffer_);
  if (!size) {
    fail(input);
    return std::nullopt;
  }
  if (!fill(input, *size)) return std::nullopt;
  delivered_ = true;
  return BytesView(buffer_);
}

// Moves bytes over until the buffer holds `size`; false if there are too few.
bool StreamDecoder::fill(BytesView& input, std::size_t size) {
  if (buffer_.size() < size) {
    const std::size_t taken = std::min(size - buffer_.size(), input.size());
    buffer_.insert(buffer_.end(), input.begin(),
                   input.begin() + static_cast<std::ptrdiff_t>(taken));
    input = input.subspan(taken);
  }
  return buffer_.size() >= size;
}

void StreamDecoder::fail(BytesView& input) {
  broken_ = true;
  input = {};
  buffer_ = Bytes();
}

}  // namespace pigeon::ice
