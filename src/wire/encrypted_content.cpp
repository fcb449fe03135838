#include <optional>

#include "wire/field_reader.hpp"
#include "wire/limits.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

Result<std::optional<EncryptedContent>, WireError> decode_encrypted_content(JsonText content,
                                                                            JsonReader& reader) {
  JsonText encrypted;
  JsonText broadcast;
  JsonText group;
  JsonText group_id;
  JsonText data;
  JsonText from;
  JsonText nonce;
  const bool is_unique = take_members(reader.members(content), {{"encrypted", &encrypted},
                                                                {"broadcast", &broadcast},
                                                                {"group", &group},
                                                                {"groupId", &group_id},
                                                                {"data", &data},
                                                                {"from", &from},
                                                                {"nonce", &nonce}});
  const bool is_plain = broadcast.is_truthy() && !group.is_truthy();
  if (!encrypted.is_truthy() || is_plain || data.kind() != JsonKind::object) return std::nullopt;
  JsonText ciphertext;
  JsonText iv;
  JsonText sender;
  if (!is_unique ||
      !take_members(reader.members(data),
                    {{"ciphertext", &ciphertext}, {"iv", &iv}, {"sender", &sender}})) {
    return Unexpected(WireError::bad_field);
  }
  FieldReader fields(reader);
  const EncryptedContent in{.group = group.is_truthy() ? fields.name(group_id) : std::string_view(),
                            .ciphertext = fields.name(ciphertext, message_bytes_max),
                            .iv = fields.name(iv),
                            .ephemeral_key = fields.name(sender),
                            .from_key = reader.unescaped(from),
                            .nonce = reader.unescaped(nonce)};
  if (!fields.is_valid()) return Unexpected(WireError::bad_field);
  return in;
}

}  // namespace pigeon::wire
