#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"

namespace pigeon::persist {

/// Bytes of the longest file of keys that is read.
inline constexpr std::size_t identity_bytes_max = 4'096;

/// A line `name text` of a file of keys.
struct NamedText {
  std::string_view name;
  /// Empty until it has been read.
  std::string_view text = {};
};

/// Reads the lines of a file of keys: first its kind and the version 1, then each of `lines` once,
/// in any order. Empty lines and those that begin with `#` do not count. The error is half a
/// sentence that follows the name of the file, and has no part of any text in it.
Result<void, std::string> read_identity_lines(std::string_view text, std::string_view kind,
                                              std::span<NamedText> lines);

}  // namespace pigeon::persist
