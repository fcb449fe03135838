#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/pigeonhub/assignment.hpp"

namespace pigeonhub {

/// What the user wants the program to do.
enum class Action { serve, print_help, print_version, check };

/// A command line, taken apart.
struct CommandLine {
  Action action = Action::serve;
  std::optional<std::string> config_file;
  std::vector<Assignment> assignments;
};

/// Takes the arguments after the program's name apart. The last one counts where a flag is
/// repeated. Fails on unknown flags, with a suggestion, and on missing values.
pigeon::Result<CommandLine, SettingsError> parse_command_line(
    std::span<const std::string> arguments);

}  // namespace pigeonhub
