#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/pigeonhub/command.hpp"
#include "apps/pigeonhub/help.hpp"
#include "apps/pigeonhub/serve.hpp"
#include "apps/support/environment.hpp"
#include "apps/support/print.hpp"
#include "pigeon/hub.hpp"
#include "pigeon/version.hpp"

namespace {

using namespace pigeonhub;

int reject(const std::string& sentence) {
  apps::complain(fmt::format("pigeonhub: {}\nRun pigeonhub --help for all options.\n", sentence));
  return 2;
}

int print(const std::string& text) {
  const auto failure = apps::print_all(text);
  if (!failure) return 0;
  apps::complain(fmt::format("pigeonhub: {}\n", *failure));
  return 1;
}

/// Prints the settings in use, if a hub accepts them together.
int check(const Settings& settings) {
  const auto hub = pigeon::Hub::create(settings.hub);
  if (!hub) return reject(hub.error().message);
  return print(settings_as_toml(settings));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto command = read_command(arguments, apps::environment_of_process());
  if (!command) return reject(command.error().message);
  switch (command->action) {
    case Action::print_help:
      return print(help_text());
    case Action::print_version:
      return print(fmt::format("pigeonhub {}\n", PIGEON_VERSION));
    case Action::check:
      return check(command->settings);
    case Action::serve:
      return serve(*command);
  }
}
