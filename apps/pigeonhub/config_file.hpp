#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/pigeonhub/assignment.hpp"

namespace pigeonhub {

/// Bytes of a configuration file that are read; a greater file is refused.
inline constexpr std::size_t config_bytes_max = 1'048'576;

/// Reads a TOML file. Fails if it cannot be read, is not TOML or has a key that is not in the
/// table; the error names the line.
pigeon::Result<std::vector<Assignment>, SettingsError> read_config_file(const std::string& path);

/// Like `read_config_file`, from a text; `name` stands for the file in errors.
pigeon::Result<std::vector<Assignment>, SettingsError> parse_config(std::string_view text,
                                                                    std::string_view name);

}  // namespace pigeonhub
