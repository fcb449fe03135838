#pragma once

#include <string>
#include <vector>

#include "base/agenda.hpp"
#include "base/lru_map.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "hub/outbox.hpp"
#include "hub/peer.hpp"
#include "hub/peer_table.hpp"
#include "hub/roster.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// Decides who learns of whom, and when (docs/introductions.md).
///
/// Keeps an account of the links that came about, as far as relayed offers and answers show it, and
/// introduces only peers that both have a free slot. Of a pair the greater id is told first: by the
/// initiator rule it must offer, so exactly one offer is made. The last free slot of a namespace is
/// not filled, or the next newcomer would find nobody to connect to. Parts of a namespace that have
/// lost each other are joined again.
class Introducer {
 public:
  /// `peers` and `networks` outlive the introducer.
  Introducer(const IntroductionOptions& options, const PeerTable& peers, Networks& networks,
             Random random, Instant started);

  /// The peer enters the namespace, or asks again.
  void announce(Peer& peer, Network& network, Now now, Outbox& out);

  /// The peer leaves its namespace: by its own word, or because its connection ended. Everybody who
  /// was told of it hears that it is gone, once.
  void depart(Peer& peer, bool said_goodbye, Now now, Outbox& out);

  /// Whether an offer crosses one that the greater id has made and that is not answered yet.
  /// Relayed, it would make 0.1.1 peers drop both.
  static bool crosses_offer(Peer& from, const Peer& to);

  /// Signals of a pair have been relayed. An answer makes a link only if the other side has offered
  /// since the last one; otherwise (a restart of the hub lies between them) it is not accounted.
  void offer_relayed(Peer& from, Peer& to, Now now, Outbox& out);
  void answer_relayed(Peer& from, Peer& to, Now now, Outbox& out);
  void rejection_relayed(Peer& from, Peer& to, Now now);

  void handle_timeout(Now now, Outbox& out);
  Instant next_timeout() const;

 private:
  /// Peers that were linked to one that left; the links between them must carry what it carried.
  using Bereaved = std::vector<ConnectionId>;

  void introduce(Peer& a, Peer& b, Now now, Outbox& out);
  void introduce_partners(Peer& peer, std::size_t count, Now now, Outbox& out);
  void break_in(Peer& peer, Now now, Outbox& out);
  void repeat_notices(Peer& peer, Now now, Outbox& out) const;
  void show_everybody(Peer& peer, Now now, Outbox& out) const;
  void restore_links(Peer& peer, Now now);
  void review(Peer& peer, Now now, Outbox& out);
  Instant review_links(Peer& peer, Now now, Outbox& out);
  void review_later(Peer& peer, Instant at);
  void mend_later(Network& network, Now now, Duration delay);
  void mend(Network& network, Now now, Outbox& out);
  void reconnect(const Bereaved& bereaved, Now now, Outbox& out);

  IntroductionOptions options_;
  const PeerTable& peers_;
  Networks& networks_;
  Random random_;
  Instant started_;
  Agenda<ConnectionId> reviews_;
  Agenda<Bereaved> repairs_;
  /// Names of the namespaces in which links have changed.
  Agenda<std::string> mends_;
  /// Links of peers that vanished and may come back under the same id.
  LruMap<wire::SpelledId, Bereaved, wire::SpelledIdHash> absent_;
};

}  // namespace pigeon::hub
