#pragma once

#include <string>

#include "apps/support/option_value.hpp"
#include "pigeon/options.hpp"

namespace pigeonhub {

/// How log lines look. The names of the option's choices are in this order.
enum class LogFormat { automatic, pretty, json };

/// The least important line that is written. The names of the option's choices are in this order.
enum class LogLevel { debug, info, warn, error, off };

/// What the program writes about itself.
struct LogSettings {
  LogFormat format = LogFormat::automatic;
  LogLevel level = LogLevel::info;
};

/// Everything that a user can choose: the hub's options and the program's own.
struct Settings {
  pigeon::HubOptions hub;
  LogSettings log;
};

using apps::SettingsError;

}  // namespace pigeonhub
