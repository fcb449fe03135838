#include "transfer/channel.hpp"

#include <utility>

namespace pigeon::transfer {

void Channel::send_text(std::string text, TransferEffects& out) {
  const std::size_t bytes = text.size();
  out.emplace_back(TransferText{to_, std::move(text)});
  add(bytes, out);
}

void Channel::send_bytes(BytesView data, TransferEffects& out) {
  out.emplace_back(TransferBytes{to_, Bytes(data.begin(), data.end())});
  add(data.size(), out);
}

void Channel::want_drained(TransferEffects& out) {
  if (wants_drained_) return;
  wants_drained_ = true;
  out.emplace_back(WantsDrained{to_});
}

void Channel::drained() {
  waiting_bytes_ = 0;
  wants_drained_ = false;
}

void Channel::add(std::size_t bytes, TransferEffects& out) {
  waiting_bytes_ += bytes;
  if (waiting_bytes_ >= notice_bytes_) want_drained(out);
}

}  // namespace pigeon::transfer
