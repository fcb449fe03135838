// Measures our WebRTC against its limits and against others, each with both ends in one process.
// Loopback only, bounded in count and time; every program it starts ends with it.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/rtc/cases/settings.hpp"

namespace {

using namespace pigeon::bench;

struct Case {
  const char* name;
  const char* what;
  void (*measure)(const RtcSettings&, Report&);
};

constexpr auto cases = std::to_array<Case>({
    {"throughput", "MiB/s and processor time of messages of 64 and 16 KiB", measure_throughput},
    {"roundtrip", "latency of 64 bytes and back", measure_round_trip},
    {"open", "time from nothing to an open channel", measure_opening},
    {"pairs", "memory, threads and processor time of idle pairs", measure_pairs},
    {"many", "two thousand connections for a minute", measure_many},
    {"loss", "goodput on simulated paths, beside usrsctp", measure_loss},
});

void measure(const std::vector<std::string>& chosen, const RtcSettings& settings, Report& report) {
  for (const Case& candidate : cases) {
    const bool wanted =
        chosen.empty() || std::find(chosen.begin(), chosen.end(), candidate.name) != chosen.end();
    if (!wanted) continue;
    std::fprintf(stderr, "rtc_bench: %s\n", candidate.name);
    try {
      candidate.measure(settings, report);
    } catch (const std::exception& error) {
      report.fail(std::string(candidate.name) + ": " + error.what());
    }
  }
}

void describe(CLI::App& app, RtcSettings& settings) {
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  settings.own = here / "rtc_own";
  settings.flow = here / "rtc_flow";
  app.add_option("--own", settings.own, "Ours as a program; default: beside this program");
  app.add_option("--flow", settings.flow, "The simulated transfers; default: beside this program");
  app.add_option("--rounds", settings.rounds, "Of each measurement of time")
      ->check(CLI::Range(1, 100));
  app.add_option("--mebibytes", settings.mebibytes, "Of one measurement of throughput")
      ->check(CLI::Range(16, 10'000));
  app.add_option("--pairs", settings.pairs, "Idle pairs")->check(CLI::Range(1, 2'000));
  app.add_option("--idle-seconds", settings.idle_seconds)->check(CLI::Range(1, 600));
  app.add_option("--many-pairs", settings.many_pairs, "Pairs that say a little")
      ->check(CLI::Range(1, 8'000));
  app.add_option("--many-seconds", settings.many_seconds)->check(CLI::Range(1, 3'600));
  app.add_option("--seeds", settings.seeds, "Simulated transfers of each kind")
      ->check(CLI::Range(1, 1'000));
}

/// The npm packages, if they are installed.
std::vector<Implementation> find_references(const std::filesystem::path& folder) {
  const std::filesystem::path packages = folder / "../../tests/interop/rtc/node_modules";
  const std::string program = (folder / "reference.mjs").string();
  std::vector<Implementation> found;
  if (std::filesystem::exists(packages / "@roamhq/wrtc")) {
    found.push_back({"@roamhq/wrtc", {"node", program, "wrtc"}});
  }
  if (std::filesystem::exists(packages / "node-datachannel")) {
    found.push_back({"node-datachannel", {"node", program, "node_datachannel"}});
  }
  return found;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody expects ends the program with its text.
int main(int argc, char** argv) {
  CLI::App app("Measures WebRTC: limits and comparisons, as Markdown tables.");
  RtcSettings settings;
  std::vector<std::string> chosen;
  std::filesystem::path references = "bench/rtc";
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
  app.add_option("--references", references,
                 "Folder of reference.mjs; what has no npm package is left out");
  app.add_flag("--json", json, "Print one JSON object instead of tables");
  app.add_flag("--strict", strict, "Exit with 2 if a limit is not kept");
  app.footer(footer);
  CLI11_PARSE(app, argc, argv);

  settings.references = find_references(references);
  std::signal(SIGPIPE, SIG_IGN);
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
