#include <optional>
#include <string>

#include "wire/canonical_json.hpp"
#include "wire/canonical_value.hpp"
#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

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
  out.text("type", "pigeon-link-1");
  return out.finish();
}

}  // namespace pigeon::wire
