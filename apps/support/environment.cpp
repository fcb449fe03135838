#include "apps/support/environment.hpp"

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/support/quote.hpp"
#include "apps/support/suggestion.hpp"

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

std::vector<std::string> misspelled_variables(const Environment& environment,
                                              std::string_view prefix,
                                              std::span<const std::string_view> known) {
  std::vector<std::string_view> known_rests;
  for (const std::string_view variable : known) {
    // The beginning, which all have, makes no two alike.
    if (variable.starts_with(prefix)) known_rests.push_back(variable.substr(prefix.size()));
  }
  std::vector<std::string> warnings;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = std::string_view(name).substr(prefix.size());
    if (std::ranges::find(known_rests, rest) != known_rests.end()) continue;
    if (const auto meant = suggest(rest, known_rests)) {
      warnings.push_back(fmt::format("environment variable {} is not used; did you mean {}{}?",
                                     quote(name), prefix, *meant));
    }
  }
  return warnings;
}

}  // namespace apps
