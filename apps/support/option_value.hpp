#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "pigeon/result.hpp"

namespace apps {

/// Why settings cannot be used: a sentence that names the place, the value and what is allowed.
struct SettingsError {
  std::string message;
};

/// An option's value while it travels between text and the field it belongs to. Numbers are counts,
/// bytes, milliseconds or tokens per minute; yes and no are 1 and 0; a choice is its index.
using OptionValue = std::variant<std::uint64_t, std::string>;

/// How an option is written, and so what its number means.
enum class ValueKind { text, path, url, count, bytes, duration, rate, yes_no, choice };

/// What values an option takes.
struct ValueRule {
  ValueKind kind = ValueKind::text;
  /// Bounds of a number, both allowed. Of a text: bounds of its length in bytes.
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  /// Names of a choice.
  std::span<const std::string_view> choices = {};
};

/// Reads a value as a user writes it: `64KiB`, `4 MiB`, `250ms`, `20s`, `600/min`, `yes`. The error
/// says what is wrong with the value and what is allowed, without naming the place.
pigeon::Result<OptionValue, SettingsError> parse_value(const ValueRule& rule,
                                                       std::string_view text);

/// Writes a value in the largest unit that loses nothing; `parse_value` reads it back.
std::string format_value(const ValueRule& rule, const OptionValue& value);

/// One word for the help: what to write after the flag, such as `SIZE`.
std::string_view placeholder(ValueKind kind);

}  // namespace apps
