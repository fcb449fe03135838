#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "apps/peerpigeon/settings.hpp"

namespace peerpigeon {

/// Bytes of a config.json that are read; a greater one is refused.
inline constexpr std::size_t config_bytes_max = 65'536;

/// Takes over the settings of a config.json, if there is one. Gives a sentence for each key that
/// nobody here knows.
pigeon::Result<std::vector<std::string>, SettingsError> read_config_file(
    const std::filesystem::path& path, Settings& settings);

/// The same from its text; `name` stands for the file in errors.
pigeon::Result<std::vector<std::string>, SettingsError> apply_config(std::string_view text,
                                                                     std::string_view name,
                                                                     Settings& settings);

/// The settings as config.json has them.
std::string config_text(const Settings& settings);

/// Writes config.json so that only its owner reads it, making its folder if need be; an existing
/// file stays whole until the new one is there. The error is a sentence.
pigeon::Result<void, SettingsError> write_config_file(const std::filesystem::path& path,
                                                      const Settings& settings);

}  // namespace peerpigeon
