#include "node/gate.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::node {

namespace {

/// What a neighbor has us keep.
struct Load {
  PeerId neighbor;
  std::size_t bytes = 0;
};

std::optional<Load> load_of(const Parked& parked) {
  if (const auto* checked = std::get_if<CheckedMessage>(&parked)) {
    return Load{checked->neighbor, checked->text.size()};
  }
  if (const auto* opened = std::get_if<OpenedMessage>(&parked)) {
    return Load{opened->neighbor, opened->bytes};
  }
  return std::nullopt;
}

}  // namespace

std::optional<crypto::Ticket> Gate::park(Parked parked) {
  if (is_full()) return std::nullopt;
  if (const auto load = load_of(parked)) {
    if (!has_room(load->neighbor, load->bytes)) return std::nullopt;
    Share& share = shares_[load->neighbor];
    ++share.count;
    share.bytes += load->bytes;
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
  if (const auto load = load_of(parked)) {
    const auto share = shares_.find(load->neighbor);
    share->second.bytes -= load->bytes;
    if (--share->second.count == 0) shares_.erase(share);
  }
  return parked;
}

bool Gate::has_room(const PeerId& neighbor, std::size_t bytes) const {
  const auto share = shares_.find(neighbor);
  if (share == shares_.end()) return true;
  return share->second.count < std::max<std::size_t>(1, count_max_ / 4) &&
         share->second.bytes + bytes <= neighbor_bytes_max;
}

}  // namespace pigeon::node
