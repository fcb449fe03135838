#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/locked_text.hpp"
#include "pigeon/result.hpp"

namespace pigeon::persist {

/// Rounds of PBKDF2 that are read. Fewer protect too little, more cost seconds of whoever only
/// opens the file.
inline constexpr std::uint32_t lock_rounds_min = 100'000;
inline constexpr std::uint32_t lock_rounds_max = 10'000'000;

/// What a locked file of keys has in it; what is locked is what `encode_identity` makes of the
/// keys.
///
///   peerpigeon locked identity 1
///   rounds 600000
///   salt VVVVVVVVVVVVVVVVVVVVVQ
///   iv ZmZmZmZmZmZmZmZm
///   data ...
///
/// Salt, initialization vector and data are written in base64url.
std::string encode_identity(const crypto::LockedText& locked);

/// True if a text says of itself that it is locked.
bool is_locked_identity(std::string_view text);

/// Reads it. Every line is there once, in any order; empty lines and those that begin with `#` do
/// not count. The error is half a sentence that follows the name of the file.
Result<crypto::LockedText, std::string> decode_locked_identity(std::string_view text);

}  // namespace pigeon::persist
