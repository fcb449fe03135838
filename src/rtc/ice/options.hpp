#pragma once

#include <cstddef>
#include <vector>

#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/turn/types.hpp"

namespace pigeon::ice {

/// How an agent behaves and what bounds it.
struct AgentOptions {
  /// Asked for server-reflexive candidates, from every local address of their family; of more than
  /// `servers_max` the rest is not asked.
  std::vector<SocketAddress> stun_servers;
  std::size_t servers_max = 4;
  /// Asked for one relayed candidate each, with the same bound: over UDP from the first local
  /// address that can reach them, over TCP when there is any.
  std::vector<TurnServer> turn_servers;

  /// Only relayed candidates are told and used, so that nobody learns our addresses.
  bool relay_only = false;
  /// Whether loopback addresses become candidates. Browsers do not use them.
  bool use_loopback = false;
  bool use_ipv6 = true;

  /// Ta, between two checks (RFC 8445 section 14.2, at least 5 ms). Triggered checks may run ahead.
  Duration pacing = 10ms;
  /// Until a request is sent again, doubled each time up to `retransmission_max`.
  Duration retransmission = 250ms;
  Duration retransmission_max = 1'600ms;
  /// How often one request is sent at most.
  std::size_t transmissions_max = 7;

  /// How long the controlling agent waits for a better pair before it nominates.
  Duration nomination_wait = 100ms;
  /// Between two checks of consent, give or take a fifth (RFC 7675 section 5.1).
  Duration consent_interval = 5s;
  /// The checks of all connections fall on multiples of it, so that a process with many wakes up
  /// for some of them at a time.
  Duration consent_step = 50ms;
  /// Between two checks of a pair that owes an answer.
  Duration consent_retry = 500ms;
  /// Without an answer so long, another pair takes over if one answers.
  Duration takeover_after = 2s;
  /// Without an answer so long, the state is `disconnected`.
  Duration disconnected_after = 5s;
  /// Without an answer so long, a pair may not be used (RFC 7675 section 5.1).
  Duration consent_expiry = 30s;

  /// Without any valid pair so long after the end of the remote candidates, the state is `failed`.
  Duration failed_after = 15s;
  /// The same counted from the beginning, if the end is never told.
  Duration failed_after_in_all = 30s;

  /// Local addresses; more are ignored.
  std::size_t local_addresses_max = 16;
  /// Remote candidates of a generation; more are ignored.
  std::size_t remote_candidates_max = 64;
  /// Pairs; a better one replaces the worst that is not in use.
  std::size_t pairs_max = 100;
  /// Valid pairs beside the selected one that are kept alive to take over.
  std::size_t backups_max = 3;
  /// STUN datagrams waiting for `transmit`; more are dropped.
  std::size_t waiting_datagrams_max = 256;
};

}  // namespace pigeon::ice
