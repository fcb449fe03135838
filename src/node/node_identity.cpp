#include <utility>

#include "base/base64.hpp"
#include "node/arguments.hpp"
#include "node/node_impl.hpp"

namespace pigeon::node {

namespace {

bool is_true(const crypto::Answer& answer) {
  const bool* value = std::get_if<bool>(&answer);
  return value != nullptr && *value;
}

}  // namespace

// ---- Commands

Result<void, NodeError> Node::Impl::exchange_keys(const PeerId& peer, Now now) {
  if (!keys_) return Unexpected(crypto_is_off());
  Link* link = links_.find(peer);
  if (link == nullptr || !link->is_open) return Unexpected(no_link(peer));
  offer_keys(*link, false, now);
  settle(now);
  return {};
}

Result<void, NodeError> Node::Impl::add_peer_key(const PeerId& peer, const PeerPublicKey& key,
                                                 Now now) {
  const auto signing = crypto::SigningPublicKey::parse(key.signing);
  const auto encryption = crypto::EncryptionPublicKey::parse(key.encryption);
  if (!signing || !encryption) {
    return Unexpected(bad_argument("A public key is two base64url numbers with a dot between."));
  }
  // The application vouches for it, so it counts for more than what a peer merely says.
  const bool is_added = remember_keys(peer, {*signing, *encryption, true}, now);
  settle(now);
  if (is_added) return {};
  return Unexpected(bad_argument("Another key of that peer is proven already."));
}

// ---- Keys and proofs of a link (PeerPigeon protocol, 8.5)

void Node::Impl::offer_keys(Link& link, bool is_response, Now now) {
  if (!keys_) return;
  if (!can_prove_ || !link.local_fingerprint || !link.remote_fingerprint) {
    send_keys(link, is_response, {}, now);
    return;
  }
  const auto ticket = gate_.park(SignedLink{link.id, is_response});
  if (!ticket) {
    ++counters_.unparked;
    send_keys(link, is_response, {}, now);
    return;
  }
  out_.add(crypto::Request{*ticket, crypto::SignRequest{wire::link_proof_text(
                                        {.from = self_.id,
                                         .to = link.peer.id,
                                         .fingerprint = *link.local_fingerprint,
                                         .peer_fingerprint = *link.remote_fingerprint})}});
}

void Node::Impl::resume(const SignedLink& parked, const crypto::Answer& answer, Now now) {
  Link* link = links_.find(parked.link);
  if (link == nullptr) return;
  const auto* signature = std::get_if<crypto::SignatureBytes>(&answer);
  send_keys(*link, parked.is_response, signature ? encode_base64url(*signature) : std::string(),
            now);
}

void Node::Impl::send_keys(Link& link, bool is_response, std::string_view proof, Now now) {
  const std::string signing = keys_->signing.to_text();
  const std::string encryption = keys_->encryption.to_text();
  const std::string content = wire::encode_content(wire::KeyExchange{.is_response = is_response,
                                                                     .signing_key = signing,
                                                                     .encryption_key = encryption,
                                                                     .proof = proof},
                                                   now.wall_ms);
  send(link.peer.id, wire::encode(wire::OutgoingGossip{
                         .id = random_.id<MessageId>(),
                         .subtype = is_response ? "key_exchange_response" : "key_exchange",
                         .content = content,
                         .from = self_.id,
                         .to = link.peer,
                         .network = network_,
                         .timestamp = now.wall_ms}));
}

/// They are answered, if at all, and not confirmed.
bool Node::Impl::take_content(const wire::KeyExchange& content, const wire::GossipMessage& message,
                              const Arrival& arrival, Now now) {
  Link* link = links_.find(arrival.neighbor);
  if (!keys_ || link == nullptr) return false;
  if (message.from != arrival.neighbor) {
    take_far_keys(*link, content, message.from, arrival.is_verified, now);
    return false;
  }
  receive_keys(*link, content, now);
  if (content.is_response || !content.proof.empty()) return false;
  if (link->budget.requests.take(now.monotonic)) {
    offer_keys(*link, true, now);
  } else {
    ++counters_.over_rate;
  }
  return false;
}

// They count only if the sender has signed them with the same key. Others come by in honest meshes,
// because peers of upstream without crypto pass on those of their neighbors.
void Node::Impl::take_far_keys(Link& way, const wire::KeyExchange& exchange, const PeerId& from,
                               bool is_verified, Now now) {
  if (!is_verified) {
    ++counters_.unknown;
    return;
  }
  if (!way.budget.requests.take(now.monotonic)) {
    ++counters_.over_rate;
    return;
  }
  const auto signing = crypto::SigningPublicKey::parse(exchange.signing_key);
  const auto encryption = crypto::SigningPublicKey::parse(exchange.encryption_key);
  if (!signing || !encryption || crypto::peer_id_of(*signing) != from) {
    ++counters_.forged;
    return;
  }
  remember_keys(from, {*signing, *encryption, true}, now);
}

void Node::Impl::receive_keys(Link& link, const wire::KeyExchange& exchange, Now now) {
  const auto signing = crypto::SigningPublicKey::parse(exchange.signing_key);
  const auto encryption = crypto::SigningPublicKey::parse(exchange.encryption_key);
  if (!signing || !encryption) {
    ++counters_.malformed;
    return;
  }
  // Until the proof is found to be right, they may be those of somebody who sits between us.
  if (!exchange.proof.empty()) {
    check_link_proof(link, {*signing, *encryption, true}, exchange.proof);
    return;
  }
  note_foreign(link);
  if (!remember_keys(link.peer.id, {*signing, *encryption}, now)) {
    out_.emit(NodeWarning{"The peer " + link.peer.to_text() +
                          " has shown another key than before. The first one still counts."});
  }
}

bool Node::Impl::remember_keys(const PeerId& peer, const PeerKeys& keys, Now now) {
  PeerKeys* known = peer_keys_.touch(peer, now.monotonic);
  if (known != nullptr && known->signing == keys.signing && known->encryption == keys.encryption) {
    known->is_proven = known->is_proven || keys.is_proven;
    return true;
  }
  // Whoever comes first with a key of their own making must not keep the owner's out.
  if (known != nullptr && (known->is_proven || !keys.is_proven)) return false;
  if (known != nullptr) {
    *known = keys;
  } else {
    peer_keys_.insert(peer, keys, now.monotonic);
  }
  out_.emit(PeerKeyAdded{peer, keys.signing.to_text()});
  return true;
}

void Node::Impl::check_link_proof(Link& link, const PeerKeys& keys, std::string_view proof) {
  if (link.has_tried_proof) return;
  const auto signature = decode_base64url_array<std::tuple_size_v<crypto::SignatureBytes>>(proof);
  const bool can_be_right = signature && crypto::peer_id_of(keys.signing) == link.peer.id &&
                            link.local_fingerprint && link.remote_fingerprint;
  if (!can_be_right) {
    link.has_tried_proof = true;
    ++counters_.forged;
    note_foreign(link);
    return;
  }
  const auto ticket = gate_.park(CheckedLink{link.id, keys});
  if (!ticket) {
    ++counters_.unparked;
    return;
  }
  link.has_tried_proof = true;
  ++counters_.signatures_checked;
  // The same words as the other side's, with the two certificates as we see them.
  out_.add(crypto::Request{
      *ticket,
      crypto::VerifyRequest{keys.signing,
                            wire::link_proof_text({.from = link.peer.id,
                                                   .to = self_.id,
                                                   .fingerprint = *link.remote_fingerprint,
                                                   .peer_fingerprint = *link.local_fingerprint}),
                            *signature}});
}

void Node::Impl::resume(const CheckedLink& parked, const crypto::Answer& answer, Now now) {
  Link* link = links_.find(parked.link);
  if (link == nullptr) return;
  if (!is_true(answer)) {
    ++counters_.forged;
    out_.emit(NodeWarning{"The peer " + link->peer.to_text() +
                          " could not prove its id: somebody may sit between us."});
    if (options_.trust == TrustPolicy::verified_only) {
      abandon(*link, membership::LossReason::failed, "identity not proven", now);
    } else {
      note_foreign(*link);
    }
    return;
  }
  remember_keys(link->peer.id, parked.keys, now);
  link->is_verified = true;
  link->is_capable = true;
  if (!link->is_up) come_up(*link, now);
  membership_.note_capable(link->peer.id);
  membership_.note_verified(link->peer.id);
  if (!link->has_named) name_neighbors(*link);
  is_unsettled_ = true;
  out_.emit(PeerVerified{link->peer.id});
}

// ---- Signatures of messages

void Node::Impl::originate(OwnGossip message, Now now) {
  if (!can_prove_) {
    publish(message, std::nullopt, now);
    return;
  }
  auto text = wire::signed_text(outgoing(message), spare_);
  if (!text) {
    // Not by the application's doing: its content was looked at before.
    publish(message, std::nullopt, now);
    return;
  }
  const auto ticket = gate_.park(SignedMessage{message});
  if (!ticket) {
    ++counters_.unparked;
    if (message.to) {
      out_.emit(
          MessageUndelivered{message.id, message.to->id, "Too many messages wait to be signed."});
    }
    return;
  }
  out_.add(crypto::Request{*ticket, crypto::SignRequest{*std::move(text)}});
}

void Node::Impl::resume(const SignedMessage& parked, const crypto::Answer& answer, Now now) {
  const auto* signature = std::get_if<crypto::SignatureBytes>(&answer);
  publish(parked.message, signature ? std::optional(*signature) : std::nullopt, now);
}

bool Node::Impl::check_signature(const wire::GossipMessage& message, const PeerId& neighbor) {
  const auto key = crypto::SigningPublicKey::parse(message.proof->key);
  const auto signature =
      decode_base64url_array<std::tuple_size_v<crypto::SignatureBytes>>(message.proof->signature);
  auto text = key && signature && crypto::peer_id_of(*key) == message.from
                  ? wire::signed_text(message, reader_)
                  : std::nullopt;
  if (!text) return false;
  const auto ticket = gate_.park(CheckedMessage{neighbor, std::string(message.text)});
  if (!ticket) {
    ++counters_.unparked;
    return true;
  }
  ++counters_.signatures_checked;
  out_.add(crypto::Request{*ticket, crypto::VerifyRequest{*key, *std::move(text), *signature}});
  return true;
}

void Node::Impl::resume(const CheckedMessage& parked, const crypto::Answer& answer, Now now) {
  const auto decoded = wire::decode_peer_message(parked.text, reader_);
  PIGEON_ASSERT(decoded.has_value());
  const auto* message = std::get_if<wire::GossipMessage>(&*decoded);
  PIGEON_ASSERT(message != nullptr);
  const bool is_right = is_true(answer);
  // An old message played again proves nothing about now.
  const Arrival arrival{.neighbor = parked.neighbor,
                        .is_verified = is_right && gossip_.is_fresh(message->timestamp, now),
                        .is_refuted = !is_right};
  // Another copy may have been faster, or the namespace changed meanwhile.
  if (!is_wanted(*message, arrival, now)) return;
  if (is_right && !arrival.is_verified) ++counters_.stale;
  accept_gossip(*message, arrival, now);
}

}  // namespace pigeon::node
