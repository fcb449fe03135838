#pragma once

#include <string>

#include "apps/pigeonhub/settings.hpp"

namespace pigeonhub {

/// What `--help` prints: every option with its default and its environment variable, and examples.
std::string help_text();

/// All settings as a TOML file that `--config` reads back, each with its help as a comment.
std::string settings_as_toml(const Settings& settings);

}  // namespace pigeonhub
