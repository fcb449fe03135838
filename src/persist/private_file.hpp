#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"

namespace pigeon::persist {

/// What a file has in it that is for its owner alone, in the words of errors.
struct PrivateContent {
  /// As in "Name a file for the keys."
  std::string_view name;
  /// What to do if somebody else may have read or changed it, as in "delete it for new keys".
  std::string_view if_exposed;
};

/// Reads the beginning of a file, at most `bytes_max`; nothing if there is no such file. Refuses
/// what is not a file, of another user, or open to other users in any way. A symbolic link is
/// followed. The error is a sentence with the file's name, the cause and the next step. Whoever
/// keeps the text wipes it.
Result<std::optional<std::string>, std::string> read_private_file(const std::string& path,
                                                                  std::size_t bytes_max,
                                                                  const PrivateContent& content);

}  // namespace pigeon::persist
