#pragma once

#include "base/agenda.hpp"
#include "base/time.hpp"
#include "hub/outbox.hpp"
#include "hub/peer_table.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// Finds connections whose other end is gone without a word: pings those that have been silent (RFC
/// 6455 section 5.5.2) and closes those from which nothing comes.
class Liveness {
 public:
  explicit Liveness(const LivenessOptions& options) : options_(options) {}

  /// Begins to watch a peer.
  void watch(Peer& peer, Instant now) {
    peer.pinged_at = now;
    peer.heard_at = now;
    checks_.schedule(now + options_.ping_interval, peer.connection);
  }

  void handle_timeout(const PeerTable& peers, Instant now, Outbox& out) {
    while (const auto connection = checks_.pop_due(now)) {
      Peer* peer = peers.find(*connection);
      if (peer == nullptr || peer->closing) continue;
      const bool is_silent = peer->heard_at + options_.ping_interval <= now;
      if (is_silent) check(*peer, now, out);
      if (peer->closing) continue;
      checks_.schedule((is_silent ? now : peer->heard_at) + options_.ping_interval,
                       peer->connection);
    }
  }

  Instant next_timeout() const { return checks_.next(); }

 private:
  void check(Peer& peer, Instant now, Outbox& out) const {
    const bool is_silent = peer.heard_at < peer.pinged_at;
    peer.missed_pings = static_cast<std::uint8_t>(is_silent ? peer.missed_pings + 1 : 0);
    if (peer.missed_pings >= options_.misses_max) {
      out.close(peer, 1001, "No answer to pings");
      return;
    }
    peer.pinged_at = now;
    out.add(SendPing{peer.connection});
  }

  LivenessOptions options_;
  Agenda<ConnectionId> checks_;
};

}  // namespace pigeon::hub
