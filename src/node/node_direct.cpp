#include <utility>

#include "base/base64.hpp"
#include "node/arguments.hpp"
#include "node/node_impl.hpp"
#include "node/subtypes.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::node {

// ---- Ours

Result<MessageId, NodeError> Node::Impl::send_direct_json(const PeerId& to, std::string_view json,
                                                          Now now) {
  if (to == self_.id) return Unexpected(bad_argument("That is this peer's own id."));
  if (auto refusal = refuse_to_send(json.size())) return Unexpected(*std::move(refusal));
  // One level deeper, as it will lie in its message.
  const std::string wrapped = "[" + std::string(json) + "]";
  const auto parsed = spare_.parse(wrapped);
  if (!parsed || spare_.elements(*parsed, 2).size() != 1) {
    return Unexpected(not_json());
  }
  OwnGossip message{.id = random_.id<MessageId>(),
                    .subtype = "dm",
                    .content = std::string(json),
                    .to = spelled(to),
                    .timestamp = now.wall_ms,
                    .wants_ack = true};
  if (keys_ && !wire::signed_text(outgoing(message), spare_)) {
    return Unexpected(
        bad_argument("The content has a number, a text or a member that JavaScript would not "
                     "keep as it is, so it cannot be signed."));
  }
  const MessageId id = message.id;
  originate(std::move(message), now);
  settle(now);
  return id;
}

void Node::Impl::send_on_way(const OwnGossip& message, const std::string& text, bool wants_ack,
                             Now now) {
  const PeerId to = message.to->id;
  if (message.spreads) {
    send_hops(routing_.spread(to, neighbors(), now), text);
    return;
  }
  const auto hops = routing_.send(message.id, to, text, wants_ack, neighbors(), now);
  if (!hops) {
    out_.emit(MessageUndelivered{message.id, to, "Too many messages wait for their confirmation."});
    return;
  }
  if (hops->is_dead_end) ++counters_.dead_ends;
  if (hops->peers.empty() && !wants_ack) {
    out_.emit(MessageUndelivered{message.id, to, "No peer is connected."});
    return;
  }
  send_hops(*hops, text);
}

void Node::Impl::send_hops(const routing::NextHops& hops, std::string_view text) {
  if (hops.peers.empty()) return;
  if (!hops.spreads) {
    send(hops.peers, std::string(text));
    return;
  }
  // The mark lets it pass peers that have seen the first copy.
  send(hops.peers, wire::as_spread(std::string(text)));
}

void Node::Impl::retry_direct(Now now) {
  const routing::Routing::Due due = routing_.handle_timeout(neighbors(), now);
  for (const routing::Retry& retry : due.retries) send_hops(retry.hops, retry.text);
  for (const routing::GivenUp& lost : due.given_up) {
    out_.emit(MessageUndelivered{
        lost.id, lost.to,
        "Nobody has confirmed it: the peer is gone, no way leads to it, or it is of "
        "a kind that confirms nothing."});
  }
}

wire::SpelledId Node::Impl::spelled(const PeerId& peer) const {
  if (const Link* link = links_.find(peer)) return link->peer;
  const auto known = membership_.find(peer);
  return known ? known->spelled : wire::SpelledId{.id = peer};
}

bool Node::Impl::may_confirm(const PeerId& peer) const {
  // Only of a neighbor is it certain that it cannot: whoever named another peer may not know.
  const Link* link = links_.find(peer);
  if (link == nullptr || !link->seems_foreign) return true;
  const auto known = membership_.find(peer);
  return known && known->is_capable;
}

/// The neighbor has not shown that it is of this project.
void Node::Impl::note_foreign(Link& link) {
  if (!link.is_up) return;
  link.seems_foreign = true;
  if (may_confirm(link.peer.id)) return;
  for (const routing::Retry& last : routing_.expect_nothing(link.peer.id)) {
    send_hops(last.hops, last.text);
  }
}

// ---- Others'

void Node::Impl::take_direct(const wire::GossipMessage& message, const Arrival& arrival, Now now) {
  if (message.to != self_.id) {
    pass_on(message, arrival, now);
    return;
  }
  // A spread copy and the first one are different ids to the cache, and one message to us.
  if (message.spreads &&
      !gossip_.admit(seen_key(message.from, message.id), arrival.is_verified, now)) {
    ++counters_.duplicates;
    // Its confirmation has not arrived; this one tries every way.
    if (message.wants_ack && confirmed_.contains(seen_key(message.from, message.id))) {
      acknowledge(message.from, message.id, true, now);
    }
    return;
  }
  deliver_direct(message, arrival, now);
}

void Node::Impl::deliver_direct(const wire::GossipMessage& message, const Arrival& arrival,
                                Now now) {
  const auto content = wire::decode_direct_content(message.content, reader_, spare_);
  if (!content || message.subtype == "dht-routing") {
    ++(content ? counters_.unknown : counters_.malformed);
    return;
  }
  // Keys may come before their sender has proven itself, nothing else.
  if (is_key_exchange(message.subtype) && !std::holds_alternative<wire::KeyExchange>(*content)) {
    ++counters_.malformed;
    return;
  }
  const bool is_taken = std::visit(
      [&](const auto& typed) { return take_content(typed, message, arrival, now); }, *content);
  if (is_taken && message.wants_ack) acknowledge(message.from, message.id, false, now);
}

// ---- Content of direct messages to us. True if it has been taken, and can be confirmed.

bool Node::Impl::take_content(const wire::ApplicationContent& /*content*/,
                              const wire::GossipMessage& message, const Arrival& arrival,
                              Now /*now*/) {
  tell(message, arrival, true);
  return true;
}

bool Node::Impl::take_content(const wire::SwallowedContent& /*content*/,
                              const wire::GossipMessage& /*message*/, const Arrival& /*arrival*/,
                              Now /*now*/) {
  ++counters_.unknown;
  return false;
}

bool Node::Impl::take_content(const wire::DirectAck& content, const wire::GossipMessage& message,
                              const Arrival& arrival, Now /*now*/) {
  if (keys_ && !arrival.is_verified && signs(message.from)) return false;
  if (routing_.confirm(content.message, message.from)) {
    out_.emit(MessageDelivered{content.message, message.from});
  }
  return false;
}

bool Node::Impl::take_content(const wire::RelayedChannelSignal& content,
                              const wire::GossipMessage& message, const Arrival& arrival, Now now) {
  if (content.from.id != message.from) {
    ++counters_.forged;
    return false;
  }
  receive_relayed(content, arrival.is_verified, now);
  return true;
}

bool Node::Impl::take_content(const wire::PeerNotice& content,
                              const wire::GossipMessage& /*message*/, const Arrival& arrival,
                              Now now) {
  if (may_name(arrival.neighbor, now)) discover(content.peer, false, now);
  return true;
}

void Node::Impl::pass_on(const wire::GossipMessage& message, const Arrival& arrival, Now now) {
  if (message.ttl <= 1) {
    ++counters_.stale;
    return;
  }
  // Peers of upstream tell all their neighbors what is for one of them (PeerPigeon protocol,
  // section 8.5), and without a signature nobody else believes it.
  if (is_key_exchange(message.subtype) && !message.proof) {
    ++counters_.unknown;
    return;
  }
  const auto hops = routing_.next_hops(*message.to, arrival.neighbor, message.path, message.spreads,
                                       neighbors(), now);
  if (hops.is_dead_end && !message.spreads) ++counters_.dead_ends;
  if (hops.peers.empty()) return;
  counters_.forwarded += hops.peers.size();
  // What turns into a spread here need not come back here.
  if (hops.spreads && !message.spreads) {
    gossip_.admit(gossip::spread_id(seen_key(message.from, message.id), now), arrival.is_verified,
                  now);
  }
  send(hops.peers, wire::encode_forward(message, self_.id, hops.spreads));
}

void Node::Impl::acknowledge(const PeerId& to, const MessageId& message, bool spreads, Now now) {
  confirmed_.insert(seen_key(to, message), now.monotonic);
  originate({.id = random_.id<MessageId>(),
             .subtype = "dm",
             .content = wire::encode_content(wire::DirectAck{message}),
             .to = spelled(to),
             .timestamp = now.wall_ms,
             .spreads = spreads},
            now);
}

}  // namespace pigeon::node
