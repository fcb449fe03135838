// Measures our WebRTC as reference.mjs measures others', with both ends in this process, and
// prints a line of JSON.
#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "bench/rtc/own/measure.hpp"

namespace {

using namespace pigeon::bench;

struct Case {
  const char* name;
  const char* what;
  boost::json::object (*measure)(const OwnSettings&);
};

constexpr auto cases = std::to_array<Case>({
    {"throughput", "messages in one direction", own_throughput},
    {"round-trip", "messages that come back", own_round_trip},
    {"opening", "from nothing to an open channel", own_opening},
    {"idle", "many pairs that say nothing", own_idle},
    {"many", "many pairs that say a little every second", own_many},
    {"bound", "AES-128-GCM and UDP alone", udp_bound},
});

void raise_file_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody expects ends the program with its text.
int main(int argc, char** argv) {
  CLI::App app("Measures our WebRTC with both ends in this process; prints a line of JSON.");
  OwnSettings settings;
  std::string chosen;
  std::string footer = "Cases:\n";
  std::vector<std::string> names;
  for (const Case& one : cases) {
    names.emplace_back(one.name);
    footer += "  " + std::string(one.name) + ": " + one.what + "\n";
  }
  app.add_option("case", chosen, "What to measure")->required()->check(CLI::IsMember(names));
  app.add_option("--message-bytes", settings.message_bytes)->check(CLI::Range(1, 262'144));
  app.add_option("--mebibytes", settings.mebibytes)->check(CLI::Range(1, 100'000));
  app.add_option("--count", settings.count)->check(CLI::Range(1, 1'000'000));
  app.add_option("--seconds", settings.seconds)->check(CLI::Range(1, 3'600));
  app.add_option("--datagram-bytes", settings.datagram_bytes, "Payload of the longest UDP datagram")
      ->check(CLI::Range(1'200, 1'472));
  app.add_flag("--joins,!--no-joins", settings.joins, "The bound with UDP_SEGMENT and UDP_GRO");
  app.footer(footer);
  CLI11_PARSE(app, argc, argv);
  raise_file_limit();
  for (const Case& one : cases) {
    if (one.name != chosen) continue;
    try {
      boost::json::object result = one.measure(settings);
      result["reference"] = "pigeon";
      result["case"] = chosen;
      std::puts(boost::json::serialize(result).c_str());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "rtc_own: %s: %s\n", one.name, error.what());
      return 1;
    }
  }
  return 0;
}
