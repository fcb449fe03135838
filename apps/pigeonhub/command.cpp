#include "apps/pigeonhub/command.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "apps/pigeonhub/config_file.hpp"
#include "apps/support/quote.hpp"
#include "apps/support/suggestion.hpp"

namespace pigeonhub {
namespace {

using pigeon::Result;
using pigeon::Unexpected;

constexpr std::string_view config_variable = "PIGEONHUB_CONFIG";

std::vector<Assignment> read_environment(const apps::Environment& environment) {
  std::vector<Assignment> assignments;
  for (const OptionSpec& option : option_table()) {
    if (auto text = apps::value_of(environment, option.variable)) {
      assignments.push_back(
          {&option, std::move(*text), fmt::format("environment variable {}", option.variable)});
    }
  }
  return assignments;
}

/// Sentences about variables that nobody reads and that resemble one of ours.
std::vector<std::string> misspelled_variables(const apps::Environment& environment) {
  std::vector<std::string_view> known = {config_variable};
  for (const OptionSpec& option : option_table()) known.push_back(option.variable);
  std::vector<std::string> warnings;
  for (const std::string_view prefix : {"PIGEONHUB_", "RATE_"}) {
    const auto found = apps::misspelled_variables(environment, prefix, known);
    warnings.insert(warnings.end(), found.begin(), found.end());
  }
  return warnings;
}

bool sets_host(const std::vector<Assignment>& assignments) {
  return std::ranges::any_of(assignments, [](const Assignment& assignment) {
    return assignment.option->key == "listen.host";
  });
}

Result<void, SettingsError> apply(const std::vector<Assignment>& assignments, Settings& settings) {
  for (const Assignment& assignment : assignments) {
    const auto value = parse_value(assignment.option->rule, assignment.text);
    if (!value) {
      return Unexpected(
          SettingsError{fmt::format("{}: {}", assignment.place, value.error().message)});
    }
    assignment.option->access.set(settings, *value);
  }
  return {};
}

}  // namespace

Result<Command, SettingsError> read_command(std::span<const std::string> arguments,
                                            const apps::Environment& environment) {
  const auto line = parse_command_line(arguments);
  if (!line) return Unexpected(line.error());
  Command command{.action = line->action, .settings = {}, .warnings = {}};
  if (command.action == Action::print_help || command.action == Action::print_version) {
    return command;
  }

  const auto config_file =
      line->config_file ? line->config_file : apps::value_of(environment, config_variable);
  std::vector<Assignment> from_file;
  if (config_file) {
    auto read = read_config_file(*config_file);
    if (!read) return Unexpected(read.error());
    from_file = *std::move(read);
  }
  // Least important first. Every source is checked, also where a more important one overrides it.
  const std::vector<Assignment> variables = read_environment(environment);
  for (const auto& source : {from_file, variables, line->assignments}) {
    const auto applied = apply(source, command.settings);
    if (!applied) return Unexpected(applied.error());
  }
  command.warnings = misspelled_variables(environment);
  command.host_is_from_environment = sets_host(variables) && !sets_host(line->assignments);
  return command;
}

}  // namespace pigeonhub
