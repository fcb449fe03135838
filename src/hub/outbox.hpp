#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "hub/counters.hpp"
#include "hub/output.hpp"
#include "hub/peer.hpp"

namespace pigeon::hub {

/// Where the parts of a hub write what must happen next. Counts what is sent.
class Outbox {
 public:
  /// `counters` outlives the outbox.
  explicit Outbox(Counters& counters) : counters_(counters) {}

  /// Sends to a client, unless its connection is closing.
  void send(const Peer& peer, MessageKind kind, std::string text, Now now) {
    if (peer.closing) return;
    counters_.sent(kind, now.monotonic);
    add(SendText{peer.connection, std::move(text)});
  }
  /// Ends a client's connection; nothing is sent to it afterwards.
  void close(Peer& peer, std::uint16_t code, std::string reason) {
    if (peer.closing) return;
    peer.closing = true;
    add(CloseConnection{peer.connection, code, std::move(reason)});
  }
  void emit(HubEvent event) { add(Emit{std::move(event)}); }
  void add(Output output) { outputs_.push_back(std::move(output)); }

  /// Everything written since the last call.
  std::vector<Output> take() { return std::exchange(outputs_, {}); }

 private:
  Counters& counters_;
  std::vector<Output> outputs_;
};

}  // namespace pigeon::hub
