#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/support/environment.hpp"
#include "pigeon/version.hpp"

namespace {

using namespace peerpigeon;

int run(const Invocation& invocation, Console& console) {
  switch (invocation.command) {
    case Command::interactive:
      return run_interactive(invocation, console);
    case Command::init:
      return run_init(invocation, console);
    case Command::join:
      return run_join(invocation, console);
    case Command::send:
      return run_send(invocation, console);
    case Command::dm:
      return run_direct_message(invocation, console);
    case Command::send_file:
      return run_send_file(invocation, console);
    case Command::peers:
      return run_peers(invocation, console);
    case Command::status:
      return run_status(invocation, console);
    case Command::server:
      return run_server(invocation, console);
    case Command::server_status:
      return run_server_status(invocation, console);
    case Command::demo:
      return run_demo(invocation, console);
    case Command::doctor:
      return run_doctor(invocation, console);
    case Command::help:
      fmt::print("{}", help_text());
      return exit_good;
    case Command::version:
      fmt::print("peerpigeon {}\n", PIGEON_VERSION);
      return exit_good;
  }
  return exit_wrong_use;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto invocation = read_invocation(arguments, apps::environment_of_process());
  if (!invocation) {
    fmt::print(stderr, "peerpigeon: {}\nRun peerpigeon --help for all commands and options.\n",
               invocation.error().message);
    return exit_wrong_use;
  }
  Console console(invocation->json, invocation->settings.debug);
  for (const std::string& warning : invocation->warnings) {
    console.tell({Verbosity::warn, "warning", warning, {{"message", warning}}});
  }
  return run(*invocation, console);
}
