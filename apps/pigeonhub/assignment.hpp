#pragma once

#include <string>

#include "apps/pigeonhub/option_table.hpp"

namespace pigeonhub {

/// A value that somebody gave to an option, not yet checked.
struct Assignment {
  const OptionSpec* option = nullptr;
  std::string text;
  /// Where it was given, as the beginning of an error: `--port`, `hub.toml, line 3, listen.port`.
  std::string place;
};

}  // namespace pigeonhub
