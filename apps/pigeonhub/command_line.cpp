#include "apps/pigeonhub/command_line.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/support/quote.hpp"
#include "apps/support/suggestion.hpp"

namespace pigeonhub {
namespace {

using pigeon::Result;
using pigeon::Unexpected;

const OptionSpec& option_with_flag(std::string_view flag) {
  return *std::ranges::find(option_table(), flag, &OptionSpec::flag);
}

SettingsError unknown_argument(std::string_view argument, const CLI::App& app) {
  const bool is_flag = argument.starts_with('-');
  if (!is_flag) return {fmt::format("unexpected argument {}", apps::quote(argument))};

  const std::string_view flag = argument.substr(0, argument.find('='));
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const auto meant = apps::suggest(flag, candidates);
  return {meant ? fmt::format("unknown option {}; did you mean {}?", apps::quote(flag), *meant)
                : fmt::format("unknown option {}", apps::quote(flag))};
}

/// The arguments as CLI11 stores them, before anything is checked.
struct Arguments {
  bool help = false;
  bool version = false;
  bool check = false;
  std::string config_file;
  std::string port;
  std::string node_id;
  std::vector<std::string> values = std::vector<std::string>(option_table().size());
};

void declare(CLI::App& app, Arguments& arguments) {
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", arguments.help);
  app.add_flag("--version", arguments.version);
  app.add_flag("--check", arguments.check);
  app.add_option("--config", arguments.config_file)->take_last();
  for (std::size_t i = 0; i < option_table().size(); ++i) {
    app.add_option(std::string(option_table()[i].flag), arguments.values[i])->take_last();
  }
  app.add_option("port", arguments.port);
  app.add_option("nodeId", arguments.node_id);
}

/// Takes over what was given as the reference node takes it: `<port> <nodeId>`.
Result<void, SettingsError> add_positional(const std::string& text, std::string_view name,
                                           std::string_view flag, CommandLine& command) {
  if (text.empty()) return {};
  const OptionSpec& option = option_with_flag(flag);
  const auto same = [&](const Assignment& other) { return other.option == &option; };
  if (std::ranges::any_of(command.assignments, same)) {
    return Unexpected(
        SettingsError{fmt::format("{} is given twice, as {} and as an argument", name, flag)});
  }
  command.assignments.push_back({&option, text, fmt::format("argument <{}>", name)});
  return {};
}

}  // namespace

Result<CommandLine, SettingsError> parse_command_line(std::span<const std::string> arguments) {
  CLI::App app;
  Arguments given;
  declare(app, given);
  try {
    // CLI11 takes a vector from its end.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view text = error.what();
    return Unexpected(
        SettingsError{fmt::format("{} needs a value", text.substr(0, text.find(':')))});
  } catch (const CLI::ParseError& error) {
    return Unexpected(SettingsError{error.what()});
  }
  // A flag that nobody knows leaves its value behind as a positional; so this comes first.
  std::vector<std::string> unknown = app.remaining();
  std::erase(unknown, "--");
  std::stable_partition(unknown.begin(), unknown.end(),
                        [](const std::string& text) { return text.starts_with('-'); });
  if (!unknown.empty()) return Unexpected(unknown_argument(unknown.front(), app));

  CommandLine command;
  if (given.check) command.action = Action::check;
  if (given.version) command.action = Action::print_version;
  if (given.help) command.action = Action::print_help;
  if (app.count("--config") > 0) command.config_file = given.config_file;
  for (std::size_t i = 0; i < option_table().size(); ++i) {
    const OptionSpec& option = option_table()[i];
    if (app.count(std::string(option.flag)) == 0) continue;
    command.assignments.push_back({&option, given.values[i], std::string(option.flag)});
  }
  const auto port = add_positional(given.port, "port", "--port", command);
  if (!port) return Unexpected(port.error());
  const auto node_id = add_positional(given.node_id, "nodeId", "--node-id", command);
  if (!node_id) return Unexpected(node_id.error());
  return command;
}

}  // namespace pigeonhub
