// Measures the hub against its limits, a blind relay and upstream's server. Loopback only, bounded
// in count and time; every server it starts ends with it.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "bench/cases/settings.hpp"

namespace {

using namespace pigeon::bench;

struct Case {
  const char* name;
  const char* what;
  void (*measure)(const Settings&, Report&);
};

constexpr auto cases = std::to_array<Case>({
    {"start", "time until the hub serves, memory without clients", measure_start},
    {"routing", "processor time and latency of a routed message", measure_routing},
    {"bursts", "the same when each client sends 16 in a row", measure_bursts},
    {"idle", "memory of idle connections, plain and TLS", measure_idle},
    {"announce", "messages that a join causes", measure_announce},
    {"slow-reader", "what a client that never reads costs", measure_slow_reader},
});

constexpr unsigned time_limit_default = 900;

extern "C" void time_is_up(int /*signal*/) {
  constexpr std::string_view text = "hub_bench: the time limit is reached\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  _exit(1);  // The children die with their parent.
}

void raise_file_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void measure(const std::vector<std::string>& chosen, const Settings& settings, Report& report) {
  for (const Case& candidate : cases) {
    const bool wanted =
        chosen.empty() || std::find(chosen.begin(), chosen.end(), candidate.name) != chosen.end();
    if (!wanted) continue;
    std::fprintf(stderr, "hub_bench: %s\n", candidate.name);
    try {
      candidate.measure(settings, report);
    } catch (const std::exception& error) {
      report.fail(std::string(candidate.name) + ": " + error.what());
    }
  }
}

void describe(CLI::App& app, Settings& settings) {
  Programs& programs = settings.programs;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  programs.hub = here / "pigeonhub";
  programs.relay = here / "epoll_relay";
  programs.upstream = "tests/interop/clients/1.1.3/node_modules/peerpigeon";
  app.add_option("--hub", programs.hub, "The hub to measure; default: beside this program")
      ->envname("PIGEONHUB");
  app.add_option("--relay", programs.relay, "The blind relay; default: beside this program");
  app.add_option("--upstream", programs.upstream,
                 "Folder of the npm package peerpigeon 1.1.3; left out if it does not exist")
      ->envname("PEERPIGEON_1_1_3");
  app.add_option("--repetitions", settings.repetitions, "Of each measurement of time")
      ->check(CLI::Range(1, 100));
  app.add_option("--seconds", settings.seconds, "Length of one measurement of routing")
      ->check(CLI::Range(0.1, 60.0));
  app.add_option("--connections", settings.connections, "Idle or announcing clients")
      ->check(CLI::Range(10, 18'000));
  app.add_option("--upstream-peers", settings.upstream_peers,
                 "Clients that announce to upstream's server, and twice as many")
      ->check(CLI::Range(10, 2'000));
  app.add_option("--window", settings.window, "Messages under way at a time")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--burst", settings.burst, "Messages that a client sends in a row")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--rate", settings.rate, "Offers a second instead of a window; 0: none")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--message-bytes", settings.message_bytes, "Size of a routed offer")
      ->check(CLI::Range(700, 1'000'000));
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody expects ends the program with its text.
int main(int argc, char** argv) {
  CLI::App app("Measures the signaling hub: limits and comparisons, as Markdown tables.");
  Settings settings;
  std::vector<std::string> chosen;
  std::string hub_flags;
  unsigned time_limit = time_limit_default;
  bool json = false;
  bool strict = false;
  describe(app, settings);
  std::vector<std::string> names;
  std::string footer = "Cases:\n";
  for (const Case& one : cases) {
    names.emplace_back(one.name);
    footer += "  " + std::string(one.name) + ": " + one.what + "\n";
  }
  app.add_option("cases", chosen, "What to measure; default: all")->check(CLI::IsMember(names));
  app.add_option("--hub-flags", hub_flags, "Further flags for the hub, separated by blanks");
  app.add_option("--time-limit", time_limit, "Seconds after which everything ends with an error");
  app.add_flag("--json", json, "Print one JSON object instead of tables");
  app.add_flag("--strict", strict, "Exit with 2 if a limit is not kept");
  app.footer(footer);
  CLI11_PARSE(app, argc, argv);

  settings.programs.hub_flags = words_of(hub_flags);
  std::signal(SIGALRM, time_is_up);
  std::signal(SIGPIPE, SIG_IGN);
  alarm(time_limit);
  raise_file_limit();
  Report report(!json);
  measure(chosen, settings, report);
  if (json) {
    std::puts(report.json().c_str());
  } else {
    report.print_verdict();
  }
  if (report.failed()) return 1;
  return strict && !report.limits_kept() ? 2 : 0;
}
