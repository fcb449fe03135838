#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/agenda.hpp"
#include "base/time.hpp"
#include "hub/counters.hpp"
#include "hub/outbox.hpp"
#include "hub/peer_table.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// A connection with a valid id that may become a peer.
struct Candidate {
  ConnectionId connection{};
  wire::SpelledId id;
  std::string address;
  std::string remote_address;
  /// What it has sent while it waited, oldest first.
  std::vector<std::string> held;
};

/// Decides which connections become peers. An id that is in use is contested: its owner is pinged,
/// and the newcomer waits. Whoever answers within the time keeps the id; a silent owner is
/// replaced.
class Admission {
 public:
  /// The references outlive the admission.
  Admission(const HubOptions& options, const PeerTable& peers, Counters& counters);

  /// Gives the candidate to be accepted at once, if it is. Otherwise it is refused or waits.
  std::optional<Candidate> opened(const ConnectionOpened& opened, Now now, Outbox& out);

  /// A message of a connection that is no peer: kept if it waits for an id, else dropped.
  void hold(ConnectionId connection, std::string_view text);

  /// The owner of an id has shown life: the newcomer is refused.
  void owner_answered(const Peer& owner, Outbox& out);

  /// The owner of an id is gone: the newcomer that waited for it, if there is one.
  std::optional<Candidate> owner_left(const wire::SpelledId& id);

  /// A newcomer's connection has ended or is being closed. True if it waited for an id.
  bool withdraw(ConnectionId connection);

  /// The next id whose owner did not answer in time; nothing if there is none.
  std::optional<wire::SpelledId> next_silent_owner(Instant now);

  Instant next_timeout() const { return deadlines_.next(); }

  /// Connections that wait, in the order of their ids.
  std::vector<ConnectionId> waiting() const;

 private:
  struct Contest {
    Candidate newcomer;
    Instant deadline;
    std::size_t held_bytes = 0;
  };

  void contest(Candidate candidate, Peer& owner, Now now, Outbox& out);
  void refuse(ConnectionId connection, Refusal refusal, Outbox& out);

  const HubOptions& options_;
  const PeerTable& peers_;
  Counters& counters_;
  std::map<wire::SpelledId, Contest> contests_;
  std::map<ConnectionId, wire::SpelledId> waiting_;
  Agenda<wire::SpelledId> deadlines_;
};

}  // namespace pigeon::hub
