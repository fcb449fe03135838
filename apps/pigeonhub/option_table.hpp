#pragma once

#include <span>
#include <string_view>

#include "apps/pigeonhub/settings.hpp"
#include "apps/support/field_access.hpp"

namespace pigeonhub {

using apps::OptionValue;
using apps::ValueKind;
using apps::ValueRule;

/// How to read and write the field of `Settings` that an option stands for.
using FieldAccess = apps::FieldAccess<Settings>;

/// One thing that can be chosen, and all the names it has.
struct OptionSpec {
  /// Where it stands in the configuration file: `section.name`, or `name` before the first section.
  std::string_view key;
  std::string_view flag;
  /// Environment variable: the reference node's name if it has one, else `PIGEONHUB_...`.
  std::string_view variable;
  std::string_view help;
  ValueRule rule;
  FieldAccess access;
};

/// Every option of the program, ordered by section. The one place where an option is defined.
std::span<const OptionSpec> option_table();

}  // namespace pigeonhub
