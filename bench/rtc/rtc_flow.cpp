// Measures a bulk transfer over a simulated path in virtual time, by our WebRTC or by usrsctp, and
// prints a line of JSON.
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "bench/rtc/flow/flow.hpp"

namespace {

using namespace pigeon::bench;

constexpr double mebibyte = 1024.0 * 1024;

/// Mathis et al. (1997): what halving for each loss gives, with an acknowledgement for every
/// packet; bytes a second. 0 without loss.
double mathis_estimate(const FlowSettings& settings) {
  const double loss = static_cast<double>(settings.path.loss) / 10'000;
  if (loss <= 0) return 0;
  const double round_trip = 2 * static_cast<double>(settings.path.delay.count()) / 1e6;
  // Without the headers of SCTP and of I-DATA.
  constexpr double payload = flow_packet_bytes - 12 - 20;
  return payload / round_trip * std::sqrt(1.5 / loss);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody expects ends the program with its text.
int main(int argc, char** argv) {
  CLI::App app("Measures a bulk transfer over a simulated path; prints a line of JSON.");
  FlowSettings settings;
  std::string implementation;
  std::int64_t round_trip_ms = 50;
  std::int64_t seconds = 60;
  double megabits = 0;
  app.add_option("implementation", implementation)
      ->required()
      ->check(CLI::IsMember({"pigeon", "usrsctp"}));
  app.add_option("--loss", settings.path.loss, "Of each direction, in 10,000")
      ->check(CLI::Range(0, 5'000));
  app.add_option("--round-trip", round_trip_ms, "Milliseconds")->check(CLI::Range(0, 2'000));
  app.add_option("--megabits", megabits, "Of each direction, a second; 0: no limit")
      ->check(CLI::Range(0.0, 10'000.0));
  app.add_option("--queue", settings.path.queue_max, "Bytes that wait before that limit");
  app.add_option("--seconds", seconds)->check(CLI::Range(1, 3'600));
  app.add_option("--seed", settings.seed);
  CLI11_PARSE(app, argc, argv);
  settings.path.delay = std::chrono::milliseconds(round_trip_ms) / 2;
  settings.path.bandwidth = static_cast<std::uint64_t>(megabits * 1e6 / 8);
  settings.measured = std::chrono::seconds(seconds);
  try {
    const FlowOutcome outcome =
        implementation == "pigeon" ? run_own_flow(settings) : run_usrsctp_flow(settings);
    const boost::json::object result = {
        {"reference", implementation},
        {"mebibytes_per_second",
         static_cast<double>(outcome.bytes) / mebibyte / static_cast<double>(seconds)},
        {"mathis_mebibytes_per_second", mathis_estimate(settings) / mebibyte},
        {"packets", outcome.network.sent},
        {"lost", outcome.network.lost},
        {"queue_full", outcome.network.queue_full}};
    std::puts(boost::json::serialize(result).c_str());
    std::fflush(stdout);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rtc_flow: %s\n", error.what());
    return 1;
  }
  // usrsctp would wait for the end of its associations.
  std::_Exit(0);
}
