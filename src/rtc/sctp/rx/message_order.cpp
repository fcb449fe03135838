#include "rtc/sctp/rx/message_order.hpp"

#include <utility>

namespace pigeon::sctp {

std::int64_t MessageOrder::distance(std::uint32_t number) const {
  const std::uint64_t forward = (number - next_) & mask_;
  const auto steps = static_cast<std::int64_t>(forward);
  return forward <= mask_ / 2 ? steps : steps - static_cast<std::int64_t>(mask_) - 1;
}

std::uint64_t MessageOrder::unwrap(std::uint32_t number) const {
  const std::int64_t ahead = distance(number);
  return ahead < 0 ? 0 : next_ + static_cast<std::uint64_t>(ahead);
}

bool MessageOrder::add(std::uint32_t number, ReceivedMessage message,
                       std::deque<ReceivedMessage>& ready) {
  const std::int64_t ahead = distance(number);
  if (ahead < 0) return false;
  if (ahead > 0) {
    const std::uint64_t key = next_ + static_cast<std::uint64_t>(ahead);
    return waiting_.emplace(key, std::move(message)).second;
  }
  ready.push_back(std::move(message));
  ++next_;
  deliver_next(ready);
  return true;
}

void MessageOrder::skip(std::uint32_t number, std::deque<ReceivedMessage>& ready) {
  const std::int64_t ahead = distance(number);
  if (ahead < 0) return;
  next_ += static_cast<std::uint64_t>(ahead) + 1;
  while (!waiting_.empty() && waiting_.begin()->first < next_) {
    ready.push_back(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
  }
  deliver_next(ready);
}

std::size_t MessageOrder::waiting_cost() const {
  std::size_t cost = 0;
  for (const auto& [number, message] : waiting_) cost += cost_of(message);
  return cost;
}

void MessageOrder::deliver_next(std::deque<ReceivedMessage>& ready) {
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    ready.push_back(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
    ++next_;
  }
}

}  // namespace pigeon::sctp
