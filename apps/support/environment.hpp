#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace apps {

/// Environment variables by name.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The variables of this process.
Environment environment_of_process();

/// The variable's value; nothing if it is unset or empty, as hosting platforms leave it.
std::optional<std::string> value_of(const Environment& environment, std::string_view variable);

}  // namespace apps
