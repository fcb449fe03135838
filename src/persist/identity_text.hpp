#pragma once

#include <string>
#include <string_view>

#include "crypto/private_scalar.hpp"
#include "pigeon/result.hpp"

namespace pigeon::persist {

/// What a file of keys has in it: lines with the names and the texts that unsea gives the keys.
///
///   peerpigeon identity 1
///   priv ERERERERERERERERERERERERERERERERERERERERERE
///   pub AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0.GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q
///   epriv ...
///   epub ...
///
/// Whoever keeps the text wipes it.
std::string encode_identity(const crypto::StoredKeys& keys);

/// Reads it. Every key is there once, in any order; empty lines and those that begin with `#` do
/// not count. The error is half a sentence that follows the name of the file, and never has a part
/// of a private key in it. Whether the keys fit each other is not looked at.
Result<crypto::StoredKeys, std::string> decode_identity(std::string_view text);

}  // namespace pigeon::persist
