#include "apps/support/environment.hpp"

#include <unistd.h>

namespace apps {

Environment environment_of_process() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto end = text.find('=');
    if (end == std::string_view::npos) continue;
    environment.emplace(text.substr(0, end), text.substr(end + 1));
  }
  return environment;
}

std::optional<std::string> value_of(const Environment& environment, std::string_view variable) {
  const auto found = environment.find(variable);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

}  // namespace apps
