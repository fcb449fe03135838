#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

/// Addresses that one CreatePermission asks for (RFC 8656 section 10.1), so that it stays far below
/// every MTU.
constexpr std::size_t turn_permission_batch_max = 16;

/// A channel that is to be bound or bound again.
struct ChannelBinding {
  std::uint16_t channel = 0;
  SocketAddress peer;

  friend bool operator==(const ChannelBinding&, const ChannelBinding&) = default;
};

/// The permissions and channels of one allocation: which there are, and which the server has to be
/// asked for. Permissions are of IP addresses, channels of addresses with ports (RFC 8656 sections
/// 9 and 12).
class TurnPeers {
 public:
  /// Channels get numbers from `first_channel` on, one after the other.
  explicit TurnPeers(std::uint16_t first_channel);

  /// Wants a permission. False if there are `turn_permission_count_max` others.
  bool permit(const SocketAddress& peer, Now now);
  /// Wants a channel. False if there are `turn_channel_count_max` others.
  bool bind_channel(const SocketAddress& peer, Now now);

  /// The next addresses to ask a permission for, up to `turn_permission_batch_max`; empty if none
  /// is due. They are counted as asked for until one of the two functions below.
  std::vector<SocketAddress> take_due_permissions(Now now);
  /// The server has granted them. Gives those that had no permission before.
  std::vector<SocketAddress> grant(std::span<const SocketAddress> peers, Now now);
  /// The server has refused. One address among several may be the reason, so several are asked for
  /// again one by one; a single one is forgotten with its channels. True if it was.
  bool refuse(std::span<const SocketAddress> peers, Now now);

  /// The next channel to bind, as above.
  std::optional<ChannelBinding> take_due_channel(Now now);
  /// The server has bound it, which renews the permission too (RFC 8656 section 12.2).
  void grant_channel(const ChannelBinding& binding, Now now);
  /// The channel is forgotten; the peer's data goes without it.
  void refuse_channel(const ChannelBinding& binding);

  bool has_permission(const IpAddress& ip) const;
  /// True if a permission has been asked for at least. Data may overtake the server's answer.
  bool is_wanted(const IpAddress& ip) const;
  /// The channel to send on; nothing if it is not bound.
  std::optional<std::uint16_t> bound_channel(const SocketAddress& peer) const;
  /// Whose data comes on a channel. Also before the server's answer, which data may overtake.
  std::optional<SocketAddress> peer_of(std::uint16_t channel) const;

  /// When something is next due; `Instant::max()` if nothing is.
  Instant next_timeout() const;

 private:
  struct Permission {
    SocketAddress peer;
    // `max` while asked for.
    Instant ask_at{};
    bool granted = false;
    bool ask_alone = false;
  };
  struct Channel {
    ChannelBinding binding;
    Instant ask_at{};
    bool bound = false;
  };

  Permission* find_permission(const IpAddress& ip);
  const Channel* find_channel(const SocketAddress& peer) const;
  Channel* find_channel(const ChannelBinding& binding);
  std::uint16_t take_channel_number();

  std::vector<Permission> permissions_;
  std::vector<Channel> channels_;
  std::uint16_t next_channel_;
};

}  // namespace pigeon::ice
