#include "tests/support/hub_process.hpp"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace pigeon::test {

namespace {

/// The number after `"port":` in the line that says where the hub listens; 0 if there is none.
std::uint16_t port_in(const std::string& line) {
  constexpr std::string_view mark = R"("port":)";
  const std::size_t at = line.find(mark);
  if (at == std::string::npos) return 0;
  std::uint16_t port = 0;
  std::from_chars(line.data() + at + mark.size(), line.data() + line.size(), port);
  return port;
}

}  // namespace

std::vector<std::string> hub_arguments(std::uint16_t port, const Flags& flags) {
  std::vector<std::string> arguments = {PIGEON_HUB_BINARY,    "--host",       "127.0.0.1", "--port",
                                        std::to_string(port), "--log-format", "json"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return arguments;
}

std::vector<std::string> hub_environment() {
  std::vector<std::string> environment;
  for (const char* name : {"PATH", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) environment.push_back(std::string(name) + "=" + value);
  }
  // AddressSanitizer keeps freed memory in quarantine; little of it, so that leaks stand out.
  const char* asan = std::getenv("ASAN_OPTIONS");
  environment.push_back("ASAN_OPTIONS=quarantine_size_mb=4" +
                        (asan == nullptr ? std::string() : ":" + std::string(asan)));
  return environment;
}

HubProcess::HubProcess(const Flags& flags, std::uint16_t port)
    : child_(hub_arguments(port, flags), hub_environment()) {
  port_ = port_in(child_.wait_for_line(R"("event":"listening")"));
  if (port_ == 0) throw Failure("the hub does not listen; it printed:\n" + child_.output());
}

int HubProcess::stop(Deadline deadline) {
  child_.signal(SIGTERM);
  return child_.wait(deadline);
}

}  // namespace pigeon::test
