#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <type_traits>

#include "apps/support/option_value.hpp"

namespace apps {

/// How to read and write the field of a program's settings that an option stands for.
template <class Settings>
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
template <class Settings, auto... path>
constexpr FieldAccess<Settings> field() {
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

}  // namespace apps
