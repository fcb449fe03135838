#include "runtime/open_identity.hpp"

#include <utility>

#include "persist/identity_file.hpp"

namespace pigeon::runtime {

namespace {

using Error = Unexpected<std::string>;
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

}  // namespace

Result<NodeIdentity, std::string> open_identity(const std::string& path) {
  if (path.empty()) return new_identity();
  auto stored = persist::read_identity_file(path);
  if (!stored) return Error(stored.error());
  if (*stored) return restored(**stored, path);
  auto fresh = new_identity();
  if (!fresh) return fresh;
  const auto file = persist::create_identity_file(path, fresh->stored());
  if (!file) return Error(file.error());
  if (*file == persist::IdentityFile::created) return fresh;
  // Another process was faster.
  stored = persist::read_identity_file(path);
  if (!stored) return Error(stored.error());
  if (*stored) return restored(**stored, path);
  return Error(path + " is a link to a file that does not exist. Delete the link.");
}

}  // namespace pigeon::runtime
