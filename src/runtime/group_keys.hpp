#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"
#include "suite/encryption.hpp"

namespace pigeon::runtime {

/// The pair in the key of a group (`Node::add_group_key`). The error is a sentence.
Result<suite::EncryptionKey, std::string> read_group_key(std::string_view json);

/// The key of a new group, made at a Unix time in milliseconds. Whoever keeps it wipes it. The
/// error is a sentence.
Result<std::string, std::string> make_group_key(std::string_view group, std::int64_t wall_ms);

}  // namespace pigeon::runtime
