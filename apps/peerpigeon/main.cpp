#include <exception>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/peerpigeon/write_out.hpp"
#include "apps/support/environment.hpp"
#include "apps/support/print.hpp"
#include "pigeon/safe_text.hpp"
#include "pigeon/version.hpp"

namespace {

using namespace peerpigeon;

/// Prints what was asked for; the exit status.
int print(const std::string& text, Console& console) {
  const auto failure = apps::print_all(text);
  if (failure) console.complain(*failure);
  return failure ? exit_failed : exit_good;
}

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
      return print(help_text(), console);
    case Command::version:
      return print(fmt::format("peerpigeon {}\n", PIGEON_VERSION), console);
  }
  return exit_wrong_use;
}

int run(const char* program, std::span<const std::string> arguments) {
  auto invocation = read_invocation(arguments, apps::environment_of_process());
  if (!invocation) {
    const std::string sentence = pigeon::safe_text(invocation.error().message);
    (void)write_out(STDERR_FILENO,
                    fmt::format("peerpigeon: {}\nRun peerpigeon --help for all commands and "
                                "options.\n",
                                sentence));
    return exit_wrong_use;
  }
  if (program != nullptr) invocation->program = program;
  Console console(invocation->json, invocation->settings.debug);
  for (const std::string& warning : invocation->warnings) {
    console.tell({Verbosity::warn, "warning", pigeon::safe_text(warning), {{"message", warning}}});
  }
  const int status = run(*invocation, console);
  return status == exit_good && console.has_failed() ? exit_failed : status;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  try {
    return run(argc > 0 ? argv[0] : nullptr, arguments);
  } catch (const std::exception& failure) {
    // For instance no descriptor is left, or no memory.
    (void)write_out(STDERR_FILENO, fmt::format("peerpigeon: {}\n", failure.what()));
    return exit_failed;
  }
}
