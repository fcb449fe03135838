#pragma once

#include <optional>
#include <string>
#include <variant>

#include "crypto/locked_text.hpp"
#include "crypto/private_scalar.hpp"
#include "pigeon/result.hpp"

namespace pigeon::persist {

// A node's keys in a file, as they are or locked by a password (`encode_identity`). Errors are
// sentences with the file's name, the cause and the next step.

/// What a file has in it: keys, or keys that only a password gives.
using StoredIdentity = std::variant<crypto::StoredKeys, crypto::LockedText>;

/// Reads the keys; nothing if there is no such file. Refuses what is not a file, of another user,
/// open to other users in any way, longer than 4,096 bytes, or not a file of keys. A symbolic link
/// is followed.
Result<std::optional<StoredIdentity>, std::string> read_identity_file(const std::string& path);

/// What `create_identity_file` found.
enum class IdentityFile { created, already_there };

/// Writes the keys into a new file that only its owner can read, from its first moment on. Appears
/// whole or not at all, also if the machine stops. One that is already there stays as it is: of
/// several processes that create it at once, one is told `created`, the others read what that one
/// has written.
Result<IdentityFile, std::string> create_identity_file(const std::string& path,
                                                       const StoredIdentity& identity);

}  // namespace pigeon::persist
