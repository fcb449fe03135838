#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/pigeonhub/command_line.hpp"
#include "apps/support/environment.hpp"

namespace pigeonhub {

/// What to do, with which settings.
struct Command {
  Action action = Action::serve;
  Settings settings;
  /// Sentences for the operator: variables that look misspelled.
  std::vector<std::string> warnings;
  /// Whether the address to bind to is that of the variable HOST, which some shells export for
  /// purposes of their own.
  bool host_is_from_environment = false;
};

/// Gathers the settings: flags before environment variables before the configuration file before
/// defaults. An empty variable counts as unset. `--help` and `--version` look at nothing else.
pigeon::Result<Command, SettingsError> read_command(std::span<const std::string> arguments,
                                                    const apps::Environment& environment);

}  // namespace pigeonhub
