#pragma once

#include <span>
#include <string_view>

#include "apps/peerpigeon/invocation.hpp"

namespace peerpigeon {

/// A command as it is written.
struct CommandName {
  std::string_view name;
  Command command{};
  /// What follows it, as the help shows it.
  std::string_view arguments;
  std::string_view help;
  /// How many arguments it takes.
  std::size_t arguments_min = 0;
  std::size_t arguments_max = 0;
  bool takes_hub_flags = false;
};

/// Every command, other names of the same one behind its first.
std::span<const CommandName> command_names();

}  // namespace peerpigeon
