#include "node/gate.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::node {

std::optional<crypto::Ticket> Gate::park(Parked parked) {
  if (is_full()) return std::nullopt;
  if (const auto* message = std::get_if<CheckedMessage>(&parked)) {
    if (!has_room(*message)) return std::nullopt;
    Share& share = shares_[message->neighbor];
    ++share.count;
    share.bytes += message->text.size();
  }
  const crypto::Ticket ticket{next_++};
  parked_.emplace(ticket, std::move(parked));
  return ticket;
}

std::optional<Parked> Gate::take(crypto::Ticket ticket) {
  const auto found = parked_.find(ticket);
  if (found == parked_.end()) return std::nullopt;
  Parked parked = std::move(found->second);
  parked_.erase(found);
  if (const auto* message = std::get_if<CheckedMessage>(&parked)) {
    const auto share = shares_.find(message->neighbor);
    share->second.bytes -= message->text.size();
    if (--share->second.count == 0) shares_.erase(share);
  }
  return parked;
}

bool Gate::has_room(const CheckedMessage& message) const {
  const auto share = shares_.find(message.neighbor);
  if (share == shares_.end()) return true;
  return share->second.count < std::max<std::size_t>(1, count_max_ / 4) &&
         share->second.bytes + message.text.size() <= neighbor_bytes_max;
}

}  // namespace pigeon::node
