#pragma once

#include <string_view>

#include "base/time.hpp"
#include "hub/counters.hpp"
#include "hub/introducer.hpp"
#include "hub/outbox.hpp"
#include "hub/peer_table.hpp"
#include "hub/rate_limiter.hpp"
#include "hub/roster.hpp"
#include "pigeon/options.hpp"
#include "wire/client_message.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::hub {

/// Reads the messages of peers and carries each where it belongs: an announcement to the
/// introducer, a signal to its target in the same namespace, a goodbye to those who know the peer.
class Switchboard {
 public:
  /// The references outlive the switchboard.
  Switchboard(const HubOptions& options, const PeerTable& peers, Networks& networks,
              Introducer& introducer, RateLimiter& limiter, Counters& counters);

  /// One message of a peer, of whatever content.
  void receive(Peer& from, std::string_view text, Now now, Outbox& out);

  /// The peer leaves its namespace, if it is in one.
  void depart(Peer& peer, bool said_goodbye, Now now, Outbox& out);

 private:
  bool admit(Peer& from, std::size_t bytes, Now now, Outbox& out);
  /// Counts the refusal. False if it was one too many and has closed the connection.
  bool count_refusal(Peer& from, Refusal refusal, Outbox& out);
  void refuse(Peer& from, Refusal refusal, std::string_view error, std::string_view type, Now now,
              Outbox& out);
  /// Refuses what came too fast. `wait`: after which trying again makes sense.
  void refuse_for_now(Peer& from, Refusal refusal, std::string_view type, Duration wait, Now now,
                      Outbox& out);
  void on_message(Peer& from, const wire::Announce& announce, Now now, Outbox& out);
  void on_message(Peer& from, const wire::Signal& signal, Now now, Outbox& out);
  void on_message(Peer& from, const wire::Goodbye& goodbye, Now now, Outbox& out);
  static void on_message(Peer& from, const wire::Cleanup& cleanup, Now now, Outbox& out);
  static void on_message(Peer& from, const wire::Ping& ping, Now now, Outbox& out);
  void on_message(Peer& from, const wire::ServerOnly& message, Now now, Outbox& out);
  void on_message(Peer& from, const wire::Unroutable& message, Now now, Outbox& out);
  void deliver(Peer& from, Peer& to, const wire::Signal& signal, Now now, Outbox& out);

  const HubOptions& options_;
  const PeerTable& peers_;
  Networks& networks_;
  Introducer& introducer_;
  RateLimiter& limiter_;
  Counters& counters_;
  wire::JsonReader reader_;
};

}  // namespace pigeon::hub
