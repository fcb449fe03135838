#include <utility>

#include "node/arguments.hpp"
#include "node/json_text.hpp"
#include "node/node_impl.hpp"
#include "node/sealed_content.hpp"
#include "node/subtypes.hpp"

namespace pigeon::node {

// Messages that are encrypted to a peer or to a group (PeerPigeon protocol, 8.4).

namespace {

/// By which sealed content is remembered, so that a relay that plays it again in another message
/// (PeerPigeon protocol, section 12, 28) is not believed. Not by the ephemeral key: another one,
/// its mirror image, opens the same text.
MessageId sealed_key(const PeerId& from, const crypto::SealedText& sealed) {
  std::string all;
  all += as_text(from.bytes());
  all += as_text(sealed.iv);
  all += as_text(sealed.ciphertext);
  return wire::message_id_of(all);
}

}  // namespace

// ---- Groups

Result<void, NodeError> Node::Impl::add_group(std::string_view group,
                                              const crypto::EncryptionPublicKey& key) {
  if (!keys_) return Unexpected(crypto_is_off());
  const bool is_name = !group.empty() && group.size() <= wire::name_bytes_max &&
                       wire::is_utf8(group) && group.find('\0') == std::string_view::npos;
  if (!is_name) {
    return Unexpected(bad_argument("The name of a group has 1 to 128 bytes of UTF-8, none zero."));
  }
  if (groups_.size() >= group_count_max && !groups_.contains(group)) {
    return Unexpected(NodeError{NodeErrorKind::busy, "This node is in as many groups as may be."});
  }
  groups_.insert_or_assign(std::string(group), key);
  return {};
}

bool Node::Impl::remove_group(std::string_view group) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return false;
  groups_.erase(found);
  return true;
}

Result<crypto::EncryptionPublicKey, NodeError> Node::Impl::key_of_group(
    std::string_view group) const {
  if (!keys_) return Unexpected(crypto_is_off());
  const auto found = groups_.find(group);
  if (found != groups_.end()) return found->second;
  return Unexpected(NodeError{NodeErrorKind::unknown_group,
                              "This node has no key of that group; add it or generate one."});
}

Result<crypto::EncryptionPublicKey, NodeError> Node::Impl::key_of_peer(const PeerId& peer) const {
  if (!keys_) return Unexpected(crypto_is_off());
  if (peer == self_.id) return keys_->encryption;
  if (const PeerKeys* keys = peer_keys_.find(peer)) return keys->encryption;
  return Unexpected(NodeError{NodeErrorKind::unknown_peer,
                              "The key of " + peer.to_text() +
                                  " is not known yet. Linked peers tell theirs (PeerKeyAdded)."});
}

// ---- Ours

Result<MessageId, NodeError> Node::Impl::send_encrypted_json(const PeerId& to,
                                                             std::string_view json, Now now) {
  const auto key = key_of_peer(to);
  if (!key) return Unexpected(key.error());
  if (to == self_.id) return Unexpected(bad_argument("That is this peer's own id."));
  return seal({.id = random_.id<MessageId>(),
               .subtype = "dm",
               .content = {},
               .to = spelled(to),
               .timestamp = now.wall_ms,
               .wants_ack = true},
              {}, *key, json, now);
}

Result<MessageId, NodeError> Node::Impl::send_encrypted_broadcast_json(std::string_view group,
                                                                       std::string_view json,
                                                                       Now now) {
  const auto key = key_of_group(group);
  if (!key) return Unexpected(key.error());
  OwnGossip message{.id = random_.id<MessageId>(),
                    .subtype = "encrypted",
                    .content = {},
                    .timestamp = now.wall_ms};
  auto sent = seal(message, std::string(group), *key, json, now);
  if (sent) {
    out_.emit(MessageReceived{.from = self_.id,
                              .id = message.id,
                              .text = *text_of_json(json),
                              .json = std::string(json),
                              .timestamp = message.timestamp,
                              .encrypted = true,
                              .verified = can_prove_,
                              .group = std::string(group)});
  }
  return sent;
}

Result<MessageId, NodeError> Node::Impl::seal(OwnGossip message, std::string group,
                                              const crypto::EncryptionPublicKey& key,
                                              std::string_view json, Now now) {
  // Base64 makes three bytes four, and two keys come with it.
  constexpr std::size_t keys_bytes_max = 4'096;
  if (auto refusal = refuse_to_send(json.size() / 3 * 4 + keys_bytes_max)) {
    return Unexpected(*std::move(refusal));
  }
  if (!spare_.parse(json)) return Unexpected(not_json());
  const MessageId id = message.id;
  const auto ticket = gate_.park(SealedMessage{std::move(message), std::move(group)});
  PIGEON_ASSERT(ticket.has_value());
  out_.add(crypto::Request{*ticket, crypto::SealRequest{key, std::string(json)}});
  settle(now);
  return id;
}

void Node::Impl::resume(const SealedMessage& parked, const crypto::Answer& answer, Now now) {
  const auto* sealed = std::get_if<crypto::SealedText>(&answer);
  if (sealed == nullptr) {
    // Only a peer's key can be no point of the curve; a group's was made into a pair.
    if (parked.message.to) {
      out_.emit(MessageUndelivered{parked.message.id, parked.message.to->id,
                                   "The key of the peer cannot be used."});
    }
    return;
  }
  SealedBy by{.key = keys_->signing, .timestamp = parked.message.timestamp};
  random_.fill(by.nonce);
  OwnGossip message = parked.message;
  message.content = sealed_json({*sealed, parked.group}, by);
  originate(std::move(message), now);
}

// ---- Others'

bool Node::Impl::take_content(const wire::EncryptedContent& content,
                              const wire::GossipMessage& message, const Arrival& arrival,
                              Now /*now*/) {
  open(content, message, arrival);
  // It is confirmed once it could be opened.
  return false;
}

void Node::Impl::open(const wire::EncryptedContent& content, const wire::GossipMessage& message,
                      const Arrival& arrival) {
  auto in = read_sealed(content);
  if (!in) {
    ++counters_.malformed;
    return;
  }
  if (!keys_ || (!in->group.empty() && !groups_.contains(in->group))) {
    ++counters_.unknown;
    return;
  }
  const auto ticket = gate_.park(OpenedMessage{.neighbor = arrival.neighbor,
                                               .bytes = in->sealed.ciphertext.size(),
                                               .from = message.from,
                                               .id = message.id,
                                               .sealed_key = sealed_key(message.from, in->sealed),
                                               .group = in->group,
                                               .timestamp = message.timestamp,
                                               .hops = message.hops(),
                                               .is_direct = is_directed(message),
                                               .is_verified = arrival.is_verified,
                                               .wants_ack = message.wants_ack});
  if (!ticket) {
    ++counters_.unparked;
    return;
  }
  out_.add(
      crypto::Request{*ticket, crypto::OpenRequest{std::move(in->sealed), std::move(in->group)}});
}

void Node::Impl::resume(const OpenedMessage& parked, const crypto::Answer& answer, Now now) {
  const auto* text = std::get_if<std::string>(&answer);
  const auto content =
      text != nullptr ? spare_.parse(*text) : Unexpected(wire::WireError::malformed_json);
  if (!content) {
    // Upstream hands the ciphertext to the application here.
    ++counters_.forged;
    return;
  }
  // Not before: whoever spoils a copy of it must not shut the right one out.
  if (!gossip_.admit(parked.sealed_key, parked.is_verified, now)) {
    ++counters_.duplicates;
    return;
  }
  ++counters_.delivered;
  out_.emit(MessageReceived{.from = parked.from,
                            .id = parked.id,
                            .text = std::string(spare_.unescaped(*content)),
                            .json = *text,
                            .timestamp = parked.timestamp,
                            .hops = parked.hops,
                            .direct = parked.is_direct,
                            .encrypted = true,
                            .verified = parked.is_verified,
                            .group = parked.group});
  if (parked.is_direct && parked.wants_ack) acknowledge(parked.from, parked.id, false, now);
}

}  // namespace pigeon::node
