#include "runtime/group_keys.hpp"

#include "node/group_key.hpp"
#include "suite/node_identity.hpp"

namespace pigeon::runtime {

using Error = Unexpected<std::string>;

Result<suite::EncryptionKey, std::string> read_group_key(std::string_view json) {
  const auto read = node::decode_group_key(json);
  if (!read) {
    return Error("The key of a group is a JSON object with the texts epub and epriv of a pair.");
  }
  auto key = suite::EncryptionKey::from_private_scalar(read->encryption_private.bytes());
  if (!key || key->public_key() != read->encryption_public) {
    return Error("The two halves of the group's key do not belong together.");
  }
  return std::move(*key);
}

Result<std::string, std::string> make_group_key(std::string_view group, std::int64_t wall_ms) {
  const auto pairs = suite::NodeIdentity::generate();
  if (!pairs) {
    return Error("Cannot make keys: " + std::string(suite::to_string(pairs.error())) + '.');
  }
  return node::encode_group_key(pairs->stored(), group, wall_ms);
}

}  // namespace pigeon::runtime
