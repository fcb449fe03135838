#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace apps {

/// Environment variables by name.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The variables of this process.
Environment environment_of_process();

/// The variable's value; nothing if it is unset or empty, as hosting platforms leave it.
std::optional<std::string> value_of(const Environment& environment, std::string_view variable);

/// Sentences about variables that begin with `prefix`, are not in `known`, and resemble one that
/// is. Others stay unmentioned: container platforms set variables of their own that begin like
/// ours.
std::vector<std::string> misspelled_variables(const Environment& environment,
                                              std::string_view prefix,
                                              std::span<const std::string_view> known);

}  // namespace apps
