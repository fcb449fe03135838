#include "runtime/open_identity.hpp"

#include <utility>
#include <variant>

#include "base/bytes.hpp"
#include "base/wipe.hpp"
#include "persist/identity_file.hpp"
#include "persist/identity_text.hpp"
#include "suite/password_lock.hpp"

namespace pigeon::runtime {

namespace {

using Error = Unexpected<std::string>;
using persist::StoredIdentity;
using suite::NodeIdentity;

Result<NodeIdentity, std::string> new_identity() {
  auto identity = NodeIdentity::generate();
  if (!identity) {
    return Error("Cannot make keys: " + std::string(suite::to_string(identity.error())) + '.');
  }
  return std::move(*identity);
}

Result<NodeIdentity, std::string> restored(const crypto::StoredKeys& keys,
                                           const std::string& path) {
  auto identity = NodeIdentity::from_stored(keys);
  if (!identity) {
    return Error(
        path + " has keys that cannot be used: " + std::string(suite::to_string(identity.error())) +
        ". Bring back a copy, or delete it for new keys.");
  }
  return std::move(*identity);
}

Result<NodeIdentity, std::string> unlocked(const crypto::LockedText& locked,
                                           const std::string& path, std::string_view password) {
  auto text = suite::unlock(locked, password);
  if (!text) {
    return Error(path + " cannot be unlocked: " + std::string(suite::to_string(text.error())) +
                 ". Give the right password, bring back a copy, or delete it for new keys.");
  }
  const Wiper wiper(*text);
  const auto keys = persist::decode_identity(as_text(*text));
  if (!keys) {
    return Error(path + ", once unlocked, " + keys.error() +
                 ". Bring back a copy, or delete it for new keys.");
  }
  return restored(*keys, path);
}

Result<NodeIdentity, std::string> restored(const StoredIdentity& stored, const std::string& path,
                                           std::string_view password) {
  const auto* const locked = std::get_if<crypto::LockedText>(&stored);
  if (locked != nullptr && password.empty()) {
    return Error(path + " is locked by a password. Give the password, too.");
  }
  if (locked != nullptr) return unlocked(*locked, path, password);
  if (!password.empty()) {
    return Error(path +
                 " is not locked, but a password was given for it. Leave the password out, or name "
                 "a file that does not exist yet, for new keys.");
  }
  return restored(std::get<crypto::StoredKeys>(stored), path);
}

/// What goes into the file of a new identity.
Result<StoredIdentity, std::string> for_storing(const NodeIdentity& identity,
                                                std::string_view password) {
  if (password.empty()) return StoredIdentity(identity.stored());
  std::string text = persist::encode_identity(identity.stored());
  const Wiper wiper(text);
  auto locked = suite::lock(as_bytes(text), password);
  if (!locked) {
    return Error("Cannot lock the keys: " + std::string(suite::to_string(locked.error())) + '.');
  }
  return StoredIdentity(*std::move(locked));
}

}  // namespace

Result<NodeIdentity, std::string> open_identity(const std::string& path,
                                                std::string_view password) {
  if (path.empty()) return new_identity();
  auto stored = persist::read_identity_file(path);
  if (!stored) return Error(stored.error());
  if (*stored) return restored(**stored, path, password);
  auto fresh = new_identity();
  if (!fresh) return fresh;
  const auto storing = for_storing(*fresh, password);
  if (!storing) return Error(storing.error());
  const auto file = persist::create_identity_file(path, *storing);
  if (!file) return Error(file.error());
  if (*file == persist::IdentityFile::created) return fresh;
  // Another process was faster.
  stored = persist::read_identity_file(path);
  if (!stored) return Error(stored.error());
  if (*stored) return restored(**stored, path, password);
  return Error(path + " is a link to a file that does not exist. Delete the link.");
}

}  // namespace pigeon::runtime
