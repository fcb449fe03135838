#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "apps/pigeonhub/option_value.hpp"
#include "apps/pigeonhub/settings.hpp"

namespace pigeonhub {

/// How to read and write the field of `Settings` that an option stands for.
struct FieldAccess {
  OptionValue (*get)(const Settings&);
  /// Takes a value that `parse_value` has checked against the option's rule.
  void (*set)(Settings&, const OptionValue&);
};

namespace detail {

template <auto first, auto... rest>
constexpr auto& reach(auto& object) {
  if constexpr (sizeof...(rest) == 0) {
    return object.*first;
  } else {
    return reach<rest...>(object.*first);
  }
}

template <class Field>
OptionValue to_value(const Field& field) {
  if constexpr (std::is_same_v<Field, std::string>) {
    return field;
  } else if constexpr (std::is_same_v<Field, std::chrono::milliseconds>) {
    return static_cast<std::uint64_t>(field.count());
  } else {
    return static_cast<std::uint64_t>(field);
  }
}

template <class Field>
void from_value(const OptionValue& value, Field& field) {
  if constexpr (std::is_same_v<Field, std::string>) {
    field = std::get<std::string>(value);
  } else if constexpr (std::is_same_v<Field, std::chrono::milliseconds>) {
    field = std::chrono::milliseconds(std::get<std::uint64_t>(value));
  } else {
    field = static_cast<Field>(std::get<std::uint64_t>(value));
  }
}

}  // namespace detail

/// Access to the field at the end of a path of member pointers that begins at `Settings`.
template <auto... path>
constexpr FieldAccess field() {
  return {
      .get =
          [](const Settings& settings) {
            return detail::to_value(detail::reach<path...>(settings));
          },
      .set =
          [](Settings& settings, const OptionValue& value) {
            detail::from_value(value, detail::reach<path...>(settings));
          },
  };
}

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
