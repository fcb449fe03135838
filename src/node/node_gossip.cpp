#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.hpp"
#include "node/arguments.hpp"
#include "node/node_impl.hpp"
#include "node/subtypes.hpp"
#include "wire/broadcast_part.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::node {

namespace {

/// Blank in the sense of JavaScript's `trim`, for what occurs in practice.
bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

}  // namespace

/// By which a message is remembered: its own id would let a neighbor shut it out with a message of
/// their own that has the same one.
MessageId Node::Impl::seen_key(const PeerId& from, const MessageId& id) const {
  std::array<std::uint8_t, PeerId::byte_count + MessageId::byte_count> both{};
  std::copy(from.bytes().begin(), from.bytes().end(), both.begin());
  std::copy(id.bytes().begin(), id.bytes().end(), both.begin() + PeerId::byte_count);
  std::uint64_t hash = seen_hash_(BytesView(both));
  std::array<std::uint8_t, MessageId::byte_count> key = id.bytes();
  for (std::size_t i = 0; i < sizeof hash; ++i) {
    key.at(i) = static_cast<std::uint8_t>(hash);
    hash >>= 8U;
  }
  return MessageId(key);
}

gossip::Header Node::Impl::header_of(const wire::GossipMessage& message, bool is_verified,
                                     Now now) const {
  const MessageId key = seen_key(message.from, message.id);
  // A spread has to get through peers that have seen the message on its first way.
  return {message.spreads ? gossip::spread_id(key, now) : key, message.from, message.ttl,
          message.path, is_verified};
}

Result<MessageId, NodeError> Node::Impl::send_message(std::string_view text, Now now) {
  if (is_blank(text)) {
    return Unexpected(bad_argument("A message must not be blank."));
  }
  if (!wire::is_utf8(text)) return Unexpected(not_utf8());
  std::string content;
  wire::append_json_string(content, text);
  if (auto refusal = refuse_to_send(content.size())) return Unexpected(*std::move(refusal));
  const auto id = random_.id<MessageId>();
  out_.emit(MessageReceived{.from = self_.id,
                            .id = id,
                            .text = std::string(text),
                            .json = content,
                            .timestamp = now.wall_ms,
                            .verified = can_prove_});
  originate({.id = id, .subtype = "chat", .content = std::move(content), .timestamp = now.wall_ms},
            now);
  settle(now);
  return id;
}

std::optional<NodeError> Node::Impl::refuse_to_send(std::size_t content_bytes) {
  // Room for the envelope, a signature and a path of 40 peers.
  constexpr std::size_t envelope_bytes_max = 4'096;
  if (content_bytes + envelope_bytes_max > options_.limits.message_bytes_max) return too_large();
  if (!keys_ || !gate_.is_full()) return std::nullopt;
  ++counters_.unparked;
  return NodeError{NodeErrorKind::busy, "Too many messages wait to be signed or encrypted."};
}

void Node::Impl::receive_text(Link& link, std::string_view text, Now now) {
  if (!link.is_open) return;
  ++counters_.messages_received;
  // What streams bring goes to whoever asked for it, as fast as it is taken.
  const bool is_chunk = wire::announces_chunk(text);
  if (!is_chunk &&
      (!link.budget.messages.take(now.monotonic) ||
       !link.budget.bytes.take(now.monotonic, static_cast<std::uint32_t>(text.size())))) {
    ++counters_.over_rate;
    return;
  }
  const bool fits = text.size() <= options_.limits.message_bytes_max;
  const auto message =
      fits ? wire::decode_peer_message(text, reader_) : Unexpected(wire::WireError::too_large);
  if (!message) {
    if (is_chunk) return refuse_part(link, now);
    ++counters_.malformed;
    return;
  }
  std::visit([&](const auto& typed) { take(link, typed, now); }, *message);
}

void Node::Impl::take(Link& link, const wire::GossipMessage& message, Now now) {
  Arrival arrival{.neighbor = link.peer.id};
  // A relay of a direct message need not know who wrote it, unless nothing unproven may pass.
  const bool is_checked = keys_ && message.proof &&
                          (!is_transit(message) || options_.trust == TrustPolicy::verified_only);
  if (!is_wanted(message, {arrival.neighbor, is_checked}, now)) return;
  if (is_key_exchange(message.subtype) && message.from == arrival.neighbor &&
      !is_transit(message)) {
    if (!gossip_.admit(header_of(message, false, now).id, false, now)) return;
    deliver_direct(message, arrival, now);
    return;
  }
  if (!link.is_up) {
    ++counters_.forged;
    return;
  }
  if (is_checked) {
    if (check_signature(message, arrival.neighbor)) return;
    arrival.is_refuted = true;
  }
  accept_gossip(message, arrival, now);
}

/// `arrival` says whether the message is verified, or may turn out to be.
bool Node::Impl::is_wanted(const wire::GossipMessage& message, const Arrival& arrival, Now now) {
  switch (gossip_.inspect(header_of(message, arrival.is_verified, now), arrival.neighbor)) {
    case gossip::Verdict::take:
      break;
    case gossip::Verdict::duplicate:
      ++counters_.duplicates;
      return false;
    case gossip::Verdict::expired:
    case gossip::Verdict::looped:
      ++counters_.stale;
      return false;
    case gossip::Verdict::misrouted:
      ++counters_.forged;
      return false;
  }
  if (message.network != network_) {
    ++counters_.stale;
    return false;
  }
  return true;
}

void Node::Impl::accept_gossip(const wire::GossipMessage& message, Arrival arrival, Now now) {
  const bool must_be_verified = options_.trust == TrustPolicy::verified_only;
  const bool should_be = must_be_verified || (keys_ && !is_transit(message) && signs(message.from));
  arrival.is_forged = arrival.is_refuted || (should_be && !arrival.is_verified);
  if (arrival.is_forged) ++counters_.forged;
  if (arrival.is_forged && must_be_verified) return;
  if (!gossip_.admit(header_of(message, arrival.is_verified, now).id, arrival.is_verified, now)) {
    ++counters_.duplicates;
    return;
  }
  if (arrival.is_verified) {
    membership_.note_capable(message.from);
    membership_.note_verified(message.from);
  }
  // A way back that a forger offers leads nowhere.
  if (!arrival.is_forged) routing_.learn(message.from, arrival.neighbor, now);
  if (is_directed(message)) {
    take_direct(message, arrival, now);
  } else {
    deliver_broadcast(message, arrival, now);
  }
}

bool Node::Impl::is_transit(const wire::GossipMessage& message) const {
  return is_directed(message) && message.to != self_.id;
}

/// The peer has proven its id before, so what comes without a proof in its name is not from it.
bool Node::Impl::signs(const PeerId& peer) const {
  const auto known = membership_.find(peer);
  return known && known->is_verified;
}

void Node::Impl::deliver_broadcast(const wire::GossipMessage& message, const Arrival& arrival,
                                   Now now) {
  if (message.subtype == "chat") {
    const std::string_view text = reader_.unescaped(message.content);
    // Upstream stops these, and so nobody sends them.
    if (is_blank(text)) {
      ++counters_.malformed;
      return;
    }
    if (!wire::is_internal_chat(text, spare_)) tell(message, arrival, false);
  } else if (message.subtype == "encrypted") {
    const auto content = wire::decode_encrypted_content(message.content, reader_);
    if (!content) {
      // Whatever it is to others, it passes.
      ++counters_.malformed;
    } else if (*content) {
      open(**content, message, arrival);
    } else {
      tell(message, arrival, false);
    }
  } else if (message.subtype == "peer-announcement") {
    // Whoever makes up keys can sign for peers that do not exist.
    if (arrival.is_verified ? announcements_.take(now.monotonic)
                            : may_name(arrival.neighbor, now)) {
      discover({.id = message.from}, arrival.is_verified, now);
    }
  } else if (message.subtype == wire::broadcast_chunk_subtype ||
             message.subtype == wire::broadcast_control_subtype) {
    take_stream_part(message, arrival, now);
  }
  forward(message, arrival);
}

void Node::Impl::tell(const wire::GossipMessage& message, const Arrival& arrival, bool is_direct) {
  ++counters_.delivered;
  out_.emit(MessageReceived{.from = message.from,
                            .id = message.id,
                            .text = std::string(reader_.unescaped(message.content)),
                            .json = std::string(message.content.raw),
                            .timestamp = message.timestamp,
                            .hops = message.hops(),
                            .direct = is_direct,
                            .verified = arrival.is_verified});
}

void Node::Impl::forward(const wire::GossipMessage& message, const Arrival& arrival) {
  const gossip::Header header{message.id, message.from, message.ttl, message.path};
  const auto targets = gossip_.targets(header, arrival.neighbor, neighbors());
  if (targets.empty()) return;
  counters_.forwarded += targets.size();
  send(targets, wire::encode_forward(message, self_.id, message.spreads));
}

void Node::Impl::publish(const OwnGossip& message,
                         const std::optional<crypto::SignatureBytes>& signature, Now now) {
  wire::OutgoingGossip outgoing_message = outgoing(message);
  std::string key;
  std::string signature_text;
  if (signature) {
    key = keys_->signing.to_text();
    signature_text = encode_base64url(*signature);
    outgoing_message.proof = wire::MessageProof{key, signature_text};
  }
  std::string text = wire::encode(outgoing_message);
  const std::size_t bytes = text.size();
  if (message.to) {
    send_on_way(message, text, outgoing_message.wants_ack, now);
  } else {
    send(neighbors(), std::move(text));
  }
  if (message.part) transfers_.published(*message.part, bytes, now);
}

wire::OutgoingGossip Node::Impl::outgoing(const OwnGossip& message) const {
  return {.id = message.id,
          .subtype = message.subtype,
          .content = message.content,
          .from = self_.id,
          .to = message.to,
          .network = network_,
          .timestamp = message.timestamp,
          .wants_ack = message.wants_ack && may_confirm(message.to->id)};
}

// ---- The other messages of a channel

void Node::Impl::take(Link& link, const wire::Eviction& message, Now now) {
  const PeerId peer = link.peer.id;
  const std::string reason(message.reason);
  if (link.is_up) out_.emit(PeerEvicted{peer, reason, true});
  abandon(link, membership::LossReason::evicted, "evicted: " + reason, now);
}

void Node::Impl::take(Link& link, const wire::ChannelSignal& message, Now now) {
  receive_signal(link, message, now);
}

void Node::Impl::take(Link& link, const wire::RelayedChannelSignal& message, Now now) {
  // Nothing proves whom this comes from, as the neighbor only passes it on.
  if (!link.is_up || options_.trust == TrustPolicy::verified_only) {
    ++counters_.forged;
    return;
  }
  receive_relayed(message, false, now);
}

void Node::Impl::take(Link& link, const wire::PeerNotice& message, Now now) {
  if (!link.is_up) return;
  if (may_name(link.peer.id, now)) {
    discover(message.peer, message.is_capable && link.is_capable, now);
  }
}

/// Invented peers by the thousand would drive the real ones out of what we remember.
bool Node::Impl::may_name(const PeerId& neighbor, Now now) {
  Link* link = links_.find(neighbor);
  if (link != nullptr && link->budget.names.take(now.monotonic)) return true;
  ++counters_.over_rate;
  return false;
}

void Node::Impl::take(Link& link, const wire::ChannelPing& message, Now now) {
  send(link.peer.id, wire::encode_channel_pong(now.wall_ms, message.timestamp, self_.id));
}

void Node::Impl::take(Link& /*link*/, const wire::ChannelPong& /*message*/, Now /*now*/) {}

void Node::Impl::take(Link& /*link*/, const wire::DhtMessage& /*message*/, Now /*now*/) {
  ++counters_.unknown;
}

void Node::Impl::take(Link& /*link*/, const wire::UnknownPeerMessage& /*message*/, Now /*now*/) {
  ++counters_.unknown;
}

}  // namespace pigeon::node
