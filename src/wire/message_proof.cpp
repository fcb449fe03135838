#include <optional>
#include <string>

#include "wire/canonical_json.hpp"
#include "wire/canonical_value.hpp"
#include "wire/field_reader.hpp"
#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

constexpr std::string_view link_proof_type = "pigeon-link-1";

/// The signed members but `content`, which is in canonical form already.
struct SignedMembers {
  std::string_view id;
  std::string_view subtype;
  PeerId from;
  std::optional<PeerId> to;
  std::string_view network;
  std::int64_t timestamp = 0;
};

/// In the order of their names, as RFC 8785 wants it.
std::string signed_object(std::string_view content, const SignedMembers& in) {
  JsonObjectWriter out(content.size() + in.subtype.size() + in.network.size() + 320);
  out.raw("content", content).text("from", in.from.to_text()).text("id", in.id);
  out.text("networkName", in.network).text("subtype", in.subtype);
  out.number("timestamp", in.timestamp);
  if (in.to) out.text("to", in.to->to_text());
  return out.finish();
}

}  // namespace

std::optional<std::string> signed_text(const OutgoingGossip& message, JsonReader& spare) {
  const auto content = canonical_json(message.content, spare);
  if (!content) return std::nullopt;
  const std::string id = message.id.to_text();
  SignedMembers members{.id = id,
                        .subtype = message.subtype,
                        .from = message.from,
                        .network = message.network,
                        .timestamp = message.timestamp};
  if (message.to) members.to = message.to->id;
  return signed_object(*content, members);
}

std::optional<std::string> signed_text(const GossipMessage& message, JsonReader& reader) {
  std::string content;
  content.reserve(message.content.raw.size());
  if (!append_canonical(content, message.content, reader)) return std::nullopt;
  return signed_object(content, {.id = message.id_text,
                                 .subtype = message.subtype,
                                 .from = message.from,
                                 .to = message.to,
                                 .network = message.network,
                                 .timestamp = message.timestamp});
}

std::string link_proof_text(const LinkProof& proof) {
  JsonObjectWriter out(384);
  out.text("fingerprint", proof.fingerprint).text("from", proof.from.to_text());
  out.text("peerFingerprint", proof.peer_fingerprint).text("to", proof.to.to_text());
  out.text("type", link_proof_type);
  return out.finish();
}

bool is_proof_text(std::string_view text) {
  JsonReader reader;
  const auto object = reader.parse(text);
  if (!object || object->kind() != JsonKind::object) return false;
  JsonText type;
  JsonText id;
  JsonText network;
  JsonText subtype;
  JsonText timestamp;
  take_members(reader.members(*object), {{"type", &type},
                                         {"id", &id},
                                         {"networkName", &network},
                                         {"subtype", &subtype},
                                         {"timestamp", &timestamp}});
  const bool is_message = id.kind() != JsonKind::absent && network.kind() != JsonKind::absent &&
                          subtype.kind() != JsonKind::absent &&
                          timestamp.kind() != JsonKind::absent;
  return is_message || reader.unescaped(type) == link_proof_type;
}

}  // namespace pigeon::wire
