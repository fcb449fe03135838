#include "rtc/ice/turn/peers.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "rtc/ice/turn/channel_data.hpp"

namespace pigeon::ice {

namespace {

/// A minute before the end of a permission's 5 minutes (RFC 8656 section 9) and of a channel's 10
/// (section 12), so that a repetition of the request is in time.
constexpr Duration permission_refresh_interval = 4min;
constexpr Duration channel_refresh_interval = 9min;
/// What is due that soon goes with what is due now.
constexpr Duration permission_gathering = 1min;

}  // namespace

TurnPeers::TurnPeers(std::uint16_t first_channel) : next_channel_(first_channel) {
  PIGEON_ASSERT(first_channel >= channel_number_min);
  PIGEON_ASSERT(first_channel <= channel_number_max);
}

bool TurnPeers::permit(const SocketAddress& peer, Now now) {
  if (find_permission(peer.ip) != nullptr) return true;
  if (permissions_.size() == turn_permission_count_max) return false;
  permissions_.push_back({.peer = peer, .ask_at = now.monotonic});
  return true;
}

bool TurnPeers::bind_channel(const SocketAddress& peer, Now now) {
  if (find_channel(peer) != nullptr) return true;
  if (channels_.size() == turn_channel_count_max) return false;
  channels_.push_back({.binding = {take_channel_number(), peer}, .ask_at = now.monotonic});
  return true;
}

std::vector<SocketAddress> TurnPeers::take_due_permissions(Now now) {
  std::vector<SocketAddress> due;
  const auto is_due = [&](const Permission& one) { return one.ask_at <= now.monotonic; };
  const auto first = std::find_if(permissions_.begin(), permissions_.end(), is_due);
  if (first == permissions_.end()) return due;
  const Instant horizon = now.monotonic + permission_gathering;
  for (auto one = first; one != permissions_.end(); ++one) {
    if (due.size() == turn_permission_batch_max) break;
    if (one->ask_at > horizon || (one->ask_alone && one != first)) continue;
    due.push_back(one->peer);
    one->ask_at = Instant::max();
    if (one->ask_alone) break;
  }
  return due;
}

std::vector<SocketAddress> TurnPeers::grant(std::span<const SocketAddress> peers, Now now) {
  std::vector<SocketAddress> fresh;
  for (const SocketAddress& peer : peers) {
    Permission* const one = find_permission(peer.ip);
    if (one == nullptr) continue;
    if (!one->granted) fresh.push_back(one->peer);
    one->granted = true;
    one->ask_at = now.monotonic + permission_refresh_interval;
  }
  return fresh;
}

bool TurnPeers::refuse(std::span<const SocketAddress> peers, Now now) {
  if (peers.size() == 1) {
    const IpAddress& ip = peers.front().ip;
    std::erase_if(channels_, [&](const Channel& one) { return one.binding.peer.ip == ip; });
    return std::erase_if(permissions_, [&](const Permission& one) { return one.peer.ip == ip; }) !=
           0;
  }
  for (const SocketAddress& peer : peers) {
    Permission* const one = find_permission(peer.ip);
    if (one == nullptr) continue;
    one->ask_alone = true;
    one->ask_at = now.monotonic;
  }
  return false;
}

std::optional<ChannelBinding> TurnPeers::take_due_channel(Now now) {
  for (Channel& one : channels_) {
    if (one.ask_at > now.monotonic) continue;
    one.ask_at = Instant::max();
    return one.binding;
  }
  return std::nullopt;
}

void TurnPeers::grant_channel(const ChannelBinding& binding, Now now) {
  Channel* const one = find_channel(binding);
  if (one == nullptr) return;
  one->bound = true;
  one->ask_at = now.monotonic + channel_refresh_interval;
}

void TurnPeers::refuse_channel(const ChannelBinding& binding) {
  std::erase_if(channels_, [&](const Channel& one) { return one.binding == binding; });
}

bool TurnPeers::has_permission(const IpAddress& ip) const {
  return std::any_of(permissions_.begin(), permissions_.end(),
                     [&](const Permission& one) { return one.granted && one.peer.ip == ip; });
}

bool TurnPeers::is_wanted(const IpAddress& ip) const {
  return std::any_of(permissions_.begin(), permissions_.end(),
                     [&](const Permission& one) { return one.peer.ip == ip; });
}

std::optional<std::uint16_t> TurnPeers::bound_channel(const SocketAddress& peer) const {
  const Channel* const one = find_channel(peer);
  if (one == nullptr || !one->bound) return std::nullopt;
  return one->binding.channel;
}

std::optional<SocketAddress> TurnPeers::peer_of(std::uint16_t channel) const {
  for (const Channel& one : channels_) {
    if (one.binding.channel == channel) return one.binding.peer;
  }
  return std::nullopt;
}

Instant TurnPeers::next_timeout() const {
  Instant next = Instant::max();
  for (const Permission& one : permissions_) next = std::min(next, one.ask_at);
  for (const Channel& one : channels_) next = std::min(next, one.ask_at);
  return next;
}

TurnPeers::Permission* TurnPeers::find_permission(const IpAddress& ip) {
  const auto found = std::find_if(permissions_.begin(), permissions_.end(),
                                  [&](const Permission& one) { return one.peer.ip == ip; });
  return found == permissions_.end() ? nullptr : &*found;
}

const TurnPeers::Channel* TurnPeers::find_channel(const SocketAddress& peer) const {
  const auto found = std::find_if(channels_.begin(), channels_.end(),
                                  [&](const Channel& one) { return one.binding.peer == peer; });
  return found == channels_.end() ? nullptr : &*found;
}

TurnPeers::Channel* TurnPeers::find_channel(const ChannelBinding& binding) {
  const auto found = std::find_if(channels_.begin(), channels_.end(),
                                  [&](const Channel& one) { return one.binding == binding; });
  return found == channels_.end() ? nullptr : &*found;
}

// A number rests as long as possible before it is used again: the server keeps it bound to the
// former peer for ten minutes, and its data may arrive late (RFC 8656 section 12).
std::uint16_t TurnPeers::take_channel_number() {
  std::uint16_t number = 0;
  do {
    number = next_channel_;
    next_channel_ =
        number == channel_number_max ? channel_number_min : static_cast<std::uint16_t>(number + 1);
  } while (peer_of(number));
  return number;
}

}  // namespace pigeon::ice
