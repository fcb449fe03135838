#include "apps/peerpigeon/invocation.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/peerpigeon/command_names.hpp"
#include "apps/peerpigeon/config_file.hpp"
#include "apps/peerpigeon/upstream_options.hpp"
#include "apps/support/quote.hpp"
#include "apps/support/suggestion.hpp"

namespace peerpigeon {

namespace {

using apps::Environment;
using apps::quote;
using pigeon::Result;
using pigeon::Unexpected;

constexpr std::string_view max_peers_flag = "--max-peers";
constexpr std::string_view home_variable = "PEERPIGEON_HOME";

SettingsError error(std::string sentence) { return {std::move(sentence)}; }

/// The arguments as CLI11 stores them, before anything is checked.
struct Given {
  std::vector<std::string> words;
  std::vector<std::string> values = std::vector<std::string>(setting_table().size());
  std::string host;
  std::string port;
  std::string max_connections;
  bool force = false;
  bool interactive = false;
  bool json = false;
  bool help = false;
  bool version = false;
};

void declare(CLI::App& app, Given& given) {
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", given.help);
  app.add_flag("--version", given.version);
  app.add_flag("--json", given.json);
  app.add_flag("-f,--force", given.force);
  app.add_flag("-i,--interactive", given.interactive);
  app.add_option("--host", given.host)->take_last();
  app.add_option("-p,--port", given.port)->take_last();
  app.add_option("--max-connections", given.max_connections)->take_last();
  for (std::size_t i = 0; i < setting_table().size(); ++i) {
    std::string flag(setting_table()[i].flag);
    if (flag == "--url") flag = "-u," + flag;
    if (flag == "--debug") flag = "-d," + flag;
    app.add_option(flag, given.values[i])->take_last();
  }
  app.add_option("words", given.words);
}

SettingsError unknown_flag(std::string_view argument, const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string_view flag = argument.substr(0, argument.find('='));
  const auto meant = apps::suggest(flag, candidates);
  return {fmt::format("unknown option {}{}", quote(flag),
                      meant ? fmt::format("; did you mean {}?", *meant)
                            : ". Words that begin with a dash go behind --")};
}

Result<void, SettingsError> parse(CLI::App& app, std::span<const std::string> arguments) {
  try {
    // CLI11 takes a vector from its end.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch& mismatch) {
    const std::string_view text = mismatch.what();
    return Unexpected(error(fmt::format("{} needs a value", text.substr(0, text.find(':')))));
  } catch (const CLI::ParseError& failure) {
    return Unexpected(error(failure.what()));
  }
  for (const std::string& argument : app.remaining()) {
    if (argument != "--" && argument.starts_with('-')) {
      return Unexpected(unknown_flag(argument, app));
    }
  }
  return {};
}

Result<const CommandName*, SettingsError> find_command(std::string_view word) {
  const auto found = std::ranges::find(command_names(), word, &CommandName::name);
  if (found != command_names().end()) return &*found;
  std::vector<std::string_view> candidates;
  for (const CommandName& name : command_names()) candidates.push_back(name.name);
  const auto meant = apps::suggest(word, candidates);
  return Unexpected(error(fmt::format("unknown command {}{}", quote(word),
                                      meant ? fmt::format("; did you mean {}?", *meant) : "")));
}

/// Takes the command and its arguments from the words.
Result<void, SettingsError> take_command(const Given& given, Invocation& invocation) {
  if (given.words.empty()) return {};
  const auto name = find_command(given.words.front());
  if (!name) return Unexpected(name.error());
  invocation.command = (*name)->command;
  invocation.arguments.assign(given.words.begin() + 1, given.words.end());
  const std::size_t count = invocation.arguments.size();
  if (count < (*name)->arguments_min || count > (*name)->arguments_max) {
    return Unexpected(
        error(fmt::format("{} is written: peerpigeon {}{}{}", (*name)->name, (*name)->name,
                          (*name)->arguments.empty() ? "" : " ", (*name)->arguments)));
  }
  const bool has_hub_flags =
      !given.host.empty() || !given.port.empty() || !given.max_connections.empty() || given.force;
  if (has_hub_flags && !(*name)->takes_hub_flags) {
    return Unexpected(error(fmt::format(
        "--host, --port, --max-connections and --force are for server, server-status and demo; "
        "{} takes --url",
        (*name)->name)));
  }
  if (given.interactive && invocation.command != Command::init) {
    return Unexpected(
        error(fmt::format("--interactive is for init; {} is written without it", (*name)->name)));
  }
  invocation.stays_interactive = given.interactive;
  return {};
}

Result<void, SettingsError> set(const SettingSpec& setting, std::string_view text,
                                std::string_view place, Invocation& invocation) {
  const auto value = parse_value(setting.rule, text);
  if (!value) return Unexpected(error(fmt::format("{}: {}", place, value.error().message)));
  setting.access.set(invocation.settings, *value);
  return {};
}

Result<void, SettingsError> take_environment(const Environment& environment,
                                             Invocation& invocation) {
  for (const SettingSpec& setting : setting_table()) {
    const auto text = apps::value_of(environment, setting.variable);
    if (!text) continue;
    const auto place = fmt::format("environment variable {}", setting.variable);
    if (auto done = set(setting, *text, place, invocation); !done) return done;
  }
  return {};
}

std::vector<std::string> misspelled_variables(const Environment& environment) {
  std::vector<std::string_view> known = {home_variable};
  for (const SettingSpec& setting : setting_table()) known.push_back(setting.variable);
  return apps::misspelled_variables(environment, "PEERPIGEON_", known);
}

Result<void, SettingsError> take_flags(const CLI::App& app, const Given& given,
                                       Invocation& invocation) {
  for (std::size_t i = 0; i < setting_table().size(); ++i) {
    const SettingSpec& setting = setting_table()[i];
    if (app.count(std::string(setting.flag)) == 0) continue;
    // A hub takes it as the JavaScript program's does.
    if (setting.flag == max_peers_flag && invocation.command == Command::server) continue;
    if (auto done = set(setting, given.values[i], setting.flag, invocation); !done) return done;
    invocation.has_url = invocation.has_url || setting.flag == "--url";
  }
  // A URL as argument is nearest to the command.
  const bool takes_url =
      invocation.command == Command::join || invocation.command == Command::doctor;
  if (!takes_url || invocation.arguments.empty()) return {};
  // doctor says itself what is wrong with a URL.
  if (invocation.command == Command::doctor) {
    invocation.settings.url = invocation.arguments.front();
    invocation.has_url = true;
    return {};
  }
  return set(setting_table().front(), invocation.arguments.front(), "URL", invocation);
}

HubFlags hub_flags(const CLI::App& app, const Given& given, Command command) {
  HubFlags flags;
  if (command == Command::server && app.count(std::string(max_peers_flag)) > 0) {
    const auto at = std::ranges::find(setting_table(), max_peers_flag, &SettingSpec::flag);
    flags.max_connections = given.values[static_cast<std::size_t>(at - setting_table().begin())];
  }
  if (app.count("--host") > 0) flags.host = given.host;
  if (app.count("--port") > 0) flags.port = given.port;
  if (app.count("--max-connections") > 0) flags.max_connections = given.max_connections;
  flags.force = given.force;
  return flags;
}

}  // namespace

Result<Invocation, SettingsError> read_invocation(std::span<const std::string> arguments,
                                                  const Environment& environment) {
  CLI::App app;
  Given given;
  declare(app, given);
  auto [translated, warnings] = translate_upstream_options(arguments);
  if (auto parsed = parse(app, translated); !parsed) return Unexpected(parsed.error());
  Invocation invocation;
  if (given.help) {
    invocation.command = Command::help;
    return invocation;
  }
  if (given.version) {
    invocation.command = Command::version;
    return invocation;
  }
  if (auto taken = take_command(given, invocation); !taken) return Unexpected(taken.error());
  invocation.json = given.json;
  invocation.hub = hub_flags(app, given, invocation.command);
  invocation.home = home_folder(environment);
  const auto config = read_config_file(invocation.home / "config.json", invocation.settings);
  // A file that is damaged must not stand in the way of writing a new one.
  if (!config && invocation.command != Command::init) return Unexpected(config.error());
  if (config) warnings.insert(warnings.end(), config->begin(), config->end());
  const auto misspelled = misspelled_variables(environment);
  warnings.insert(warnings.end(), misspelled.begin(), misspelled.end());
  invocation.warnings = std::move(warnings);
  if (auto done = take_environment(environment, invocation); !done) return Unexpected(done.error());
  if (auto done = take_flags(app, given, invocation); !done) return Unexpected(done.error());
  if (auto good = check(invocation.settings); !good) return Unexpected(good.error());
  return invocation;
}

std::filesystem::path home_folder(const Environment& environment) {
  if (const auto chosen = apps::value_of(environment, home_variable)) return *chosen;
  const auto home = apps::value_of(environment, "HOME");
  return std::filesystem::path(home.value_or(".")) / ".peerpigeon";
}

std::filesystem::path download_folder(const Invocation& invocation) {
  const std::string& chosen = invocation.settings.download_folder;
  return chosen.empty() ? invocation.home / "downloads" : std::filesystem::path(chosen);
}

}  // namespace peerpigeon
