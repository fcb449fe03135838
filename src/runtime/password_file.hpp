#pragma once

#include <cstddef>
#include <string>

#include "base/wipe.hpp"
#include "pigeon/result.hpp"

namespace pigeon::runtime {

/// Bytes of the longest password.
inline constexpr std::size_t password_bytes_max = 1'024;

/// The password in the first line of a file, which has to be its owner's alone, as a file of keys
/// has to be. What follows the first line is not looked at. Whoever keeps the password wipes it
/// (`Wiper`). The error is a sentence with the cause and the next step.
Result<std::string, std::string> read_password_file(const std::string& path);

}  // namespace pigeon::runtime
