#include "wire/group_key.hpp"

#include "base/wipe.hpp"
#include "wire/field_reader.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::wire {

namespace {

Result<GroupKey, WireError> read_group_key(std::string_view text, JsonReader& reader) {
  const auto object = reader.parse(text);
  if (!object) return Unexpected(object.error());
  JsonText public_text;
  JsonText private_text;
  if (!take_members(reader.members(*object), {{"epub", &public_text}, {"epriv", &private_text}})) {
    return Unexpected(WireError::bad_field);
  }
  const auto public_key = crypto::SigningPublicKey::parse(reader.unescaped(public_text));
  const auto private_key = crypto::PrivateScalar::parse(reader.unescaped(private_text));
  if (!public_key || !private_key) return Unexpected(WireError::bad_field);
  return GroupKey{*private_key, *public_key};
}

}  // namespace

std::string encode_group_key(const crypto::StoredKeys& keys, std::string_view group,
                             std::int64_t created) {
  std::string signing = keys.signing_private.to_text();
  std::string encryption = keys.encryption_private.to_text();
  const Wiper signing_wiper(signing);
  const Wiper encryption_wiper(encryption);
  // Grows nowhere below, so that no copy is left behind.
  JsonObjectWriter out(group_key_bytes_max);
  out.text("pub", keys.signing_public.to_text()).text("priv", signing);
  out.text("epub", keys.encryption_public.to_text()).text("epriv", encryption);
  out.number("created", created).text("groupId", group);
  return out.finish();
}

Result<GroupKey, WireError> decode_group_key(std::string_view text) {
  if (text.size() > group_key_bytes_max) return Unexpected(WireError::too_large);
  JsonReader reader;
  auto key = read_group_key(text, reader);
  reader.wipe();
  return key;
}

}  // namespace pigeon::wire
