// Measures our nodes and prints a line of JSON.
#include <cstdio>
#include <exception>
#include <string>

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "bench/node/own/measure.hpp"

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody expects ends the program with its text.
int main(int argc, char** argv) {
  using namespace pigeon::bench;

  CLI::App app("Measures our nodes; prints a line of JSON.");
  OwnNodeSettings settings;
  std::string chosen;
  app.add_option("case", chosen, "relay or mesh")
      ->required()
      ->check(CLI::IsMember({"relay", "mesh"}));
  app.add_option("--count", settings.count, "Broadcasts")->check(CLI::Range(1, 10'000'000));
  app.add_option("--copies", settings.copies)->check(CLI::Range(1, 8));
  app.add_option("--content-bytes", settings.content_bytes)->check(CLI::Range(1, 65'536));
  app.add_flag("--verify", settings.verifies);
  app.add_option("--peers", settings.peers)->check(CLI::Range(2, 1'000));
  app.add_option("--seconds", settings.idle_seconds)->check(CLI::Range(1, 600));
  CLI11_PARSE(app, argc, argv);

  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  try {
    const auto result = chosen == "relay" ? own_relay(settings) : own_mesh(settings);
    std::puts(boost::json::serialize(result).c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "node_own: %s\n", error.what());
    return 1;
  }
}
