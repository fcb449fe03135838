#include "hub/introducer.hpp"

#include <algorithm>

#include "hub/accounts.hpp"
#include "hub/islands.hpp"
#include "hub/notices.hpp"
#include "hub/partner_choice.hpp"

namespace pigeon::hub {

namespace {

/// How long a peer that did not use an introduction is taken to be full.
constexpr Duration full_time = 15s;
/// How soon a peer that probably lost a link is looked at, and former neighbours are linked.
constexpr Duration soon = 500ms;
/// Departed peers remembered in case they come back.
constexpr std::size_t absent_max = 10'000;
/// Links that keep a peer connected when one of its neighbours leaves.
constexpr std::size_t safe_link_count = 2;
/// Introductions of one peer at one review.
constexpr std::size_t per_review_max = 2;
/// Time after the hub's start in which peers come back whose links have lived on without it.
constexpr Duration return_time = 20s;
/// After this time in a small namespace even the peers that keep slots free for newcomers are shown
/// to each other.
constexpr Duration quiet_time = 60s;
/// How long after a change of links a namespace is searched for islands, and again if some are
/// left; more for large namespaces, so that the search takes a small part of the time.
constexpr Duration mend_delay = 5s;
constexpr Duration mend_again_delay = 20s;
constexpr Duration mend_delay_per_peer = 200us;
/// Peers and pairs that one search for bridges looks at, over all islands of a namespace.
constexpr std::size_t mend_looks_max = 16'384;

bool is_expected(const Link& link) {
  return link.state == LinkState::introduced || link.state == LinkState::offered;
}

/// Told of somebody who may connect to it, the peer would act on it at once: it has links but not
/// all, or introductions are under way.
bool would_act(const Peer& peer) {
  const std::size_t answered = peer.answered_links();
  return (answered > 0 && answered < peer.slots) ||
         std::any_of(peer.links.begin(), peer.links.end(), is_expected);
}

}  // namespace

Introducer::Introducer(const IntroductionOptions& options, const PeerTable& peers,
                       Networks& networks, Random random, Instant started)
    : options_(options),
      peers_(peers),
      networks_(networks),
      random_(std::move(random)),
      started_(started),
      absent_({.count_max = absent_max, .time_to_live = options.absence},
              wire::SpelledIdHash(random_)) {}

void Introducer::announce(Peer& peer, Network& network, Now now, Outbox& out) {
  if (peer.network == &network) {
    repeat_notices(peer, now, out);
  } else {
    enter(peer, network, networks_, now.monotonic);
    restore_links(peer, now);
  }
  peer.reviews = 0;
  peer.full_until = now.monotonic;
  const std::size_t free = peer.slots_free();
  introduce_partners(peer, std::min(free, options_.per_join_max), now, out);
  if (peer.slots_used() == 0) break_in(peer, now, out);
  review_later(peer, now.monotonic + options_.retry_first);
}

void Introducer::depart(Peer& peer, bool said_goodbye, Now now, Outbox& out) {
  Bereaved bereaved;
  for (const Link& link : peer.links) {
    Peer& other = *link.other;
    if (other.find_link(peer)->told) tell_gone(other, peer, now, out);
    if (link.state != LinkState::answered) continue;
    bereaved.push_back(other.connection);
    // Without a goodbye the other end still holds the link for a while, or for good.
    if (!said_goodbye) other.full_until = now.monotonic + options_.absence;
  }
  mend_later(*peer.network, now, mend_delay + (said_goodbye ? 0s : Duration(options_.absence)));
  leave(peer, networks_);
  if (bereaved.empty()) return;
  repairs_.schedule(now.monotonic + (said_goodbye ? soon : Duration(options_.absence)), bereaved);
  if (!said_goodbye) absent_.insert(peer.id, std::move(bereaved), now.monotonic);
}

// A peer whose connection to the hub broke keeps its links to other peers.
void Introducer::restore_links(Peer& peer, Now now) {
  const Bereaved* former = absent_.find(peer.id);
  if (former == nullptr) return;
  for (const ConnectionId connection : *former) {
    Peer* neighbour = peers_.find(connection);
    if (neighbour == nullptr || neighbour->network != peer.network) continue;
    set_link(peer, *neighbour, LinkState::answered, now.monotonic);
    neighbour->full_until = now.monotonic;
  }
  absent_.erase(peer.id);
}

void Introducer::introduce(Peer& a, Peer& b, Now now, Outbox& out) {
  Peer& greater = offers_first(a.id, b.id) ? a : b;
  Peer& smaller = &greater == &a ? b : a;
  set_link(greater, smaller, LinkState::introduced, now.monotonic);
  tell(greater, smaller, now, out);
  review_later(greater, now.monotonic + options_.second_notice);
}

void Introducer::introduce_partners(Peer& peer, std::size_t count, Now now, Outbox& out) {
  if (count == 0) return;
  // Newcomers would fill each other's slots before those that are about to come back can be
  // reached.
  const std::size_t kept = now.monotonic < started_ + return_time ? 1 : 0;
  for (Peer* partner : choose_partners(peer, count, options_, random_, now.monotonic)) {
    if (peer.slots_used() > 0) {
      // The namespace keeps a free slot for the next newcomer.
      if (peer.network->slots_free < 3) return;
      if (std::min(peer.slots_free(), partner->slots_free()) <= kept) continue;
    }
    introduce(peer, *partner, now, out);
  }
}

void Introducer::break_in(Peer& peer, Now now, Outbox& out) {
  if (peer.slots == 0) return;
  Peer* evictor = choose_evictor(peer, random_);
  if (evictor != nullptr) introduce(peer, *evictor, now, out);
}

void Introducer::repeat_notices(Peer& peer, Now now, Outbox& out) const {
  std::vector<Peer*> told;
  for (const Link& link : peer.links) {
    if (link.told && told.size() < options_.per_join_max) told.push_back(link.other);
  }
  for (Peer* other : told) tell(peer, *other, now, out);
}

bool Introducer::crosses_offer(Peer& from, const Peer& to) {
  const Link* link = from.find_link(to);
  return link != nullptr && link->state == LinkState::offered && offers_first(to.id, from.id);
}

void Introducer::offer_relayed(Peer& from, Peer& to, Now now, Outbox& out) {
  from.full_until = now.monotonic;
  if (offers_first(to.id, from.id)) {
    // Upstream refuses offers from smaller ids. Such an offer says that the sender has a free slot
    // and nobody better to ask.
    Link* link = from.find_link(to);
    if (link == nullptr && from.slots_free() > 0 && to.slots_free() > 0) {
      introduce(from, to, now, out);
    } else if (link == nullptr) {
      set_link(from, to, LinkState::known, now.monotonic);
    }
    from.find_link(to)->has_offered = true;
    review_later(from, now.monotonic + soon);
    return;
  }
  set_link(from, to, LinkState::offered, now.monotonic).has_offered = true;
  review_later(from, now.monotonic + options_.answer_time_max);
}

void Introducer::answer_relayed(Peer& from, Peer& to, Now now, Outbox& out) {
  // Whoever could claim a link by answering without being asked could push out those of anybody.
  const Link* asked = to.find_link(from);
  if (asked == nullptr || !asked->has_offered) return;
  set_link(from, to, LinkState::answered, now.monotonic).has_offered = false;
  to.find_link(from)->has_offered = false;
  mend_later(*from.network, now, mend_delay);
  if (!from.find_link(to)->told) tell(from, to, now, out);
  if (!to.find_link(from)->told) tell(to, from, now, out);
  for (Peer* end : {&from, &to}) {
    const Peer* other = end == &from ? &to : &from;
    if (end->slots_used() <= end->slots) continue;
    // More links than slots: upstream's peers make room by evicting the farthest.
    Peer* evicted = farthest_link(*end, other);
    if (evicted == nullptr) continue;
    set_link(*end, *evicted, LinkState::known, now.monotonic);
    review_later(*evicted, now.monotonic + soon);
  }
}

void Introducer::rejection_relayed(Peer& from, Peer& to, Now now) {
  from.full_until = now.monotonic + full_time;
  if (Link* refused = to.find_link(from)) refused->has_offered = false;
  const Link* link = from.find_link(to);
  if (link != nullptr && is_expected(*link)) set_link(from, to, LinkState::known, now.monotonic);
  review_later(to, now.monotonic + soon);
}

void Introducer::handle_timeout(Now now, Outbox& out) {
  while (const auto connection = reviews_.pop_due(now.monotonic)) {
    Peer* peer = peers_.find(*connection);
    if (peer == nullptr || peer->review_at > now.monotonic) continue;
    peer->review_at = Instant::max();
    if (peer->network != nullptr && !peer->closing) review(*peer, now, out);
  }
  while (const auto bereaved = repairs_.pop_due(now.monotonic)) {
    reconnect(*bereaved, now, out);
  }
  while (const auto name = mends_.pop_due(now.monotonic)) {
    if (Network* network = networks_.find(*name)) mend(*network, now, out);
  }
  absent_.expire(now.monotonic);
}

Instant Introducer::next_timeout() const {
  return std::min({reviews_.next(), repairs_.next(), mends_.next(), absent_.next_timeout()});
}

void Introducer::review_later(Peer& peer, Instant at) {
  if (at >= peer.review_at) return;
  peer.review_at = at;
  reviews_.schedule(at, peer.connection);
}

void Introducer::review(Peer& peer, Now now, Outbox& out) {
  Instant next = review_links(peer, now, out);
  show_everybody(peer, now, out);
  const std::size_t wanted = std::min<std::size_t>(safe_link_count, peer.slots);
  const std::size_t used = peer.slots_used();
  if (used < wanted && peer.full_until <= now.monotonic) {
    introduce_partners(peer, std::min(wanted - used, per_review_max), now, out);
    if (peer.slots_used() == 0) break_in(peer, now, out);
  }
  if (peer.answered_links() < wanted ||
      peer.network->members.size() <= options_.small_namespace_max) {
    const Duration pause = std::min<Duration>(
        Duration(options_.retry_first) * (std::int64_t{1} << std::min<unsigned>(peer.reviews, 20)),
        options_.retry_max);
    if (peer.reviews < 20) ++peer.reviews;
    next = std::min(next, now.monotonic + pause);
  }
  if (next != Instant::max()) review_later(peer, std::max(next, now.monotonic + 1ms));
}

// Each pair is looked after by its greater id, which has to offer.
Instant Introducer::review_links(Peer& peer, Now now, Outbox& out) {
  Instant next = Instant::max();
  const std::vector<Link> links = peer.links;
  for (const Link& link : links) {
    if (!offers_first(peer.id, link.other->id) || !is_expected(link)) continue;
    const Duration patience =
        link.state == LinkState::introduced ? options_.offer_time_max : options_.answer_time_max;
    if (link.since + patience <= now.monotonic) {
      if (link.state == LinkState::introduced) peer.full_until = now.monotonic + full_time;
      set_link(peer, *link.other, LinkState::known, now.monotonic);
      review_later(*link.other, now.monotonic + soon);
      continue;
    }
    next = std::min(next, link.since + patience);
    if (link.state == LinkState::offered || link.other->find_link(peer)->told) continue;
    if (link.since + options_.second_notice <= now.monotonic) {
      tell(*link.other, peer, now, out);
    } else {
      next = std::min(next, link.since + options_.second_notice);
    }
  }
  return next;
}

void Introducer::show_everybody(Peer& peer, Now now, Outbox& out) const {
  if (peer.network->members.size() > options_.small_namespace_max) return;
  const bool is_quiet = peer.joined_at + quiet_time <= now.monotonic;
  const std::vector<Peer*> members(peer.network->members.all().begin(),
                                   peer.network->members.all().end());
  for (Peer* other : members) {
    if (other == &peer || other->closing) continue;
    Link* link = peer.find_link(*other);
    if (link != nullptr && is_expected(*link)) continue;
    if (link == nullptr) {
      // Whoever has links and a free slot would fill it, and the namespace would close to
      // newcomers.
      if (!is_quiet && (would_act(peer) || would_act(*other))) continue;
      link = &set_link(peer, *other, LinkState::known, now.monotonic);
    }
    if (!link->told) tell(peer, *other, now, out);
    if (!other->find_link(peer)->told) tell(*other, peer, now, out);
  }
}

void Introducer::mend_later(Network& network, Now now, Duration delay) {
  if (network.mend_planned) return;
  network.mend_planned = true;
  const auto peer_count = static_cast<std::int64_t>(network.members.size());
  mends_.schedule(now.monotonic + delay + mend_delay_per_peer * peer_count, network.name);
}

void Introducer::mend(Network& network, Now now, Outbox& out) {
  network.mend_planned = false;
  const auto islands = find_islands(network);
  if (islands.size() < 2) return;
  const std::size_t count = islands.size() - 1;
  std::size_t looks_left = mend_looks_max;
  std::size_t done = 0;
  for (; done < count && looks_left > 0; ++done) {
    const auto& island = islands[1 + (network.mend_from + done) % count];
    const Bridge bridge = find_bridge(island, islands[0], looks_left, now.monotonic);
    if (bridge.a != nullptr) introduce(*bridge.a, *bridge.b, now, out);
  }
  network.mend_from = done < count ? (network.mend_from + done) % count : 0;
  mend_later(network, now, mend_again_delay);
}

void Introducer::reconnect(const Bereaved& bereaved, Now now, Outbox& out) {
  Peer* previous = nullptr;
  for (const ConnectionId connection : bereaved) {
    Peer* peer = peers_.find(connection);
    if (peer == nullptr || peer->network == nullptr || peer->closing) continue;
    peer->reviews = 0;
    review_later(*peer, now.monotonic + soon);
    if (previous != nullptr && previous->network == peer->network &&
        previous->find_link(*peer) == nullptr && previous->slots_free() > 0 &&
        peer->slots_free() > 0) {
      introduce(*previous, *peer, now, out);
    }
    previous = peer;
  }
}

}  // namespace pigeon::hub
