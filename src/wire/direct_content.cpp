#include <string_view>

#include "wire/field_reader.hpp"
#include "wire/peer_envelope.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

namespace {

using Decoded = Result<DirectContent, WireError>;

/// The members of a direct message's content that are not those of another message.
struct ContentMembers {
  std::string_view type;
  JsonText type_text;
  JsonText public_key;
  JsonText proof;
  JsonText message_id;
  JsonText encrypted;
  bool is_unique = true;
};

ContentMembers read_members(JsonText object, JsonReader& reader) {
  ContentMembers in;
  in.is_unique = take_members(reader.members(object), {{"type", &in.type_text},
                                                       {"publicKey", &in.public_key},
                                                       {"proof", &in.proof},
                                                       {"messageId", &in.message_id},
                                                       {"encrypted", &in.encrypted}});
  in.type = reader.unescaped(in.type_text);
  return in;
}

Decoded decode_key_exchange(const ContentMembers& in, JsonReader& reader) {
  JsonText signing_key;
  JsonText encryption_key;
  if (!take_members(reader.members(in.public_key),
                    {{"pub", &signing_key}, {"epub", &encryption_key}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  const KeyExchange exchange{.is_response = in.type == "key_exchange_response",
                             .signing_key = fields.name(signing_key),
                             .encryption_key = fields.name(encryption_key),
                             .proof = fields.text(in.proof)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return DirectContent(exchange);
}

Decoded decode_ack(const ContentMembers& in, JsonReader& reader) {
  FieldReader fields(reader);
  const std::string_view id = fields.name(in.message_id);
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return DirectContent(DirectAck{message_id_of(id)});
}

Decoded decode_internal(JsonText object, JsonReader& reader) {
  const auto envelope = PeerEnvelope::read(object, reader);
  if (!envelope) return Unexpected(envelope.error());
  if (envelope->type == "signaling-relay" || envelope->type == "cross-bootstrap-signaling") {
    const auto signal = decode_relayed_signal(*envelope, reader);
    if (!signal) return Unexpected(signal.error());
    return DirectContent(*signal);
  }
  const auto notice = decode_notice(*envelope, reader);
  if (!notice) return Unexpected(notice.error());
  return DirectContent(*notice);
}

Decoded decode_object(JsonText object, JsonReader& reader) {
  const ContentMembers in = read_members(object, reader);
  // An application may write its own objects as it likes.
  const bool is_key = in.type == "key_exchange" || in.type == "key_exchange_response";
  const bool is_ours =
      is_key || in.type == "direct-ack" || is_internal_type(in.type) || in.encrypted.is_truthy();
  if (is_ours && !in.is_unique) return Unexpected(WireError::bad_field);
  if (is_key) return decode_key_exchange(in, reader);
  if (in.type == "direct-ack") return decode_ack(in, reader);
  if (is_internal_type(in.type)) return decode_internal(object, reader);
  if (!in.encrypted.is_truthy()) return DirectContent(ApplicationContent{});
  const auto encrypted = decode_encrypted_content(object, reader);
  if (!encrypted) return Unexpected(encrypted.error());
  if (*encrypted) return DirectContent(**encrypted);
  return DirectContent(ApplicationContent{});
}

/// The object that a text holds, if it is one of an internal type; otherwise absent.
JsonText internal_object(std::string_view text, JsonReader& spare) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || text[begin] != '{') return {};
  const auto object = spare.parse(text);
  if (!object) return {};
  // Upstream reads it with JSON.parse, for which the last of several members counts.
  JsonText type;
  for (const JsonMember& member : spare.members(*object)) {
    if (member.key == "type") type = member.value;
  }
  return is_internal_type(spare.unescaped(type)) ? *object : JsonText{};
}

}  // namespace

Result<DirectContent, WireError> decode_direct_content(JsonText content, JsonReader& reader,
                                                       JsonReader& spare) {
  if (content.kind() == JsonKind::object) return decode_object(content, reader);
  if (content.kind() != JsonKind::string) return DirectContent(ApplicationContent{});
  const JsonText object = internal_object(reader.unescaped(content), spare);
  if (object.kind() == JsonKind::absent) return DirectContent(ApplicationContent{});
  auto decoded = decode_internal(object, spare);
  if (decoded && std::holds_alternative<RelayedChannelSignal>(*decoded)) {
    return DirectContent(SwallowedContent{});
  }
  return decoded;
}

bool is_internal_chat(std::string_view text, JsonReader& spare) {
  return internal_object(text, spare).kind() == JsonKind::object;
}

}  // namespace pigeon::wire
