#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace apps {

/// Writes the text to standard output, down to the system. Otherwise a sentence with the cause: the
/// output may be a file on a full disk.
std::optional<std::string> print_all(std::string_view text);

/// Writes the text to standard error. If that cannot be written either, nobody is left to be told.
void complain(std::string_view text);

}  // namespace apps
