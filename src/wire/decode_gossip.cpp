#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "crypto/sha256.hpp"
#include "wire/field_reader.hpp"
#include "wire/peer_envelope.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

Result<MessageProof, WireError> decode_proof(JsonText value, JsonReader& reader) {
  JsonText key;
  JsonText signature;
  if (!take_members(reader.members(value), {{"pub", &key}, {"sig", &signature}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  const MessageProof proof{.key = fields.name(key), .signature = fields.name(signature)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return proof;
}

}  // namespace

MessageId message_id_of(std::string_view text) {
  if (const auto id = MessageId::parse(text)) return *id;
  const auto digest = crypto::sha256(as_bytes(text));
  std::array<std::uint8_t, MessageId::byte_count> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return MessageId(bytes);
}

Result<GossipMessage, WireError> decode_gossip(const PeerEnvelope& envelope, JsonReader& reader) {
  if (!envelope.has_gossip()) return Unexpected(WireError::bad_field);
  GossipMessage message{.content = envelope.content,
                        .text = envelope.whole.raw,
                        .ttl_text = envelope.ttl.raw,
                        .path_text = envelope.path.raw};
  FieldReader fields(reader);
  message.id_text = fields.name(envelope.id);
  message.subtype = fields.name(envelope.subtype);
  message.from = fields.id(envelope.from);
  if (const auto to = fields.trimmed_id(envelope.to)) message.to = to->id;
  message.network = fields.network(envelope.network);
  message.timestamp = fields.time(envelope.timestamp);
  message.ttl = static_cast<std::uint32_t>(fields.count(envelope.ttl, ttl_max));
  message.path = fields.ids(envelope.path, path_count_max);
  message.wants_ack = fields.mark(envelope.ack);
  message.spreads = fields.mark(envelope.spread);
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  if (envelope.proof.kind() != JsonKind::absent) {
    const auto proof = decode_proof(envelope.proof, reader);
    if (!proof) return Unexpected(proof.error());
    message.proof = *proof;
  }
  message.id = message_id_of(message.id_text);
  return message;
}

}  // namespace pigeon::wire
