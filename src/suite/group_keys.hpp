#pragma once

#include <functional>
#include <map>
#include <string>

#include "suite/encryption.hpp"

namespace pigeon::suite {

/// The pairs of the groups that a node is in, by the groups' names.
using GroupKeys = std::map<std::string, EncryptionKey, std::less<>>;

}  // namespace pigeon::suite
