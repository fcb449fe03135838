// Runs simulated pairs of WebRTC connections by their seeds, and says what came out of each that is
// not as it should be:
//
//   rtc_sim [--seed N] [--count N] [--verbose]

#include <cstdio>

#include <CLI/CLI.hpp>

#include "sim/scenarios/rtc_pair.hpp"

namespace {

using pigeon::sim::RtcPairOptions;
using pigeon::sim::RtcPairOutcome;

void print(const RtcPairOptions& options, const RtcPairOutcome& outcome) {
  std::printf("%s\n  trace %016llx, %llu messages in %.1f s, %llu datagrams: %s %s\n",
              pigeon::sim::to_text(options).c_str(), static_cast<unsigned long long>(outcome.trace),
              static_cast<unsigned long long>(outcome.received_messages),
              static_cast<double>(outcome.finished_after.count()) / 1e6,
              static_cast<unsigned long long>(outcome.network.sent),
              outcome.complete ? "complete" : "incomplete", outcome.reason.c_str());
  for (const std::string& violation : outcome.violations) std::printf("  %s\n", violation.c_str());
  std::fflush(stdout);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): want of memory ends the program.
int main(int argc, char** argv) {
  CLI::App app("Runs simulated pairs of WebRTC connections.");
  std::uint64_t seed = 1;
  std::uint64_t count = 1;
  bool is_verbose = false;
  app.add_option("--seed", seed, "The first seed.");
  app.add_option("--count", count, "How many seeds from there.")
      ->check(CLI::Range(1, 1'000'000'000));
  app.add_flag("--verbose", is_verbose, "Tell about every run.");
  CLI11_PARSE(app, argc, argv);

  std::uint64_t complete_count = 0;
  std::uint64_t failed_count = 0;
  std::uint64_t bad_count = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const RtcPairOptions options = pigeon::sim::random_rtc_pair(seed + i);
    const RtcPairOutcome outcome = pigeon::sim::run_rtc_pair(options);
    if (outcome.complete) ++complete_count;
    if (outcome.failed) ++failed_count;
    if (!outcome.violations.empty()) ++bad_count;
    if (is_verbose || count == 1 || !outcome.violations.empty()) print(options, outcome);
  }
  std::printf(
      "%llu runs: %llu complete, %llu reported that the connection failed, %llu broke a "
      "promise\n",
      static_cast<unsigned long long>(count), static_cast<unsigned long long>(complete_count),
      static_cast<unsigned long long>(failed_count), static_cast<unsigned long long>(bad_count));
  return bad_count == 0 ? 0 : 1;
}
