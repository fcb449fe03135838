// Measures nodes: what one core passes on beside upstream's JavaScript, and a mesh on real WebRTC.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/load/implementation.hpp"
#include "bench/load/report.hpp"
#include "bench/load/statistics.hpp"

namespace {

using namespace pigeon::bench;

struct Settings {
  std::filesystem::path own;
  std::filesystem::path reference;
  std::size_t rounds = 5;
  std::size_t peers = 50;
  std::size_t idle_seconds = 20;
};

/// The median of several runs of a program; nothing if one fails.
std::optional<double> median_of(const Words& command, const Words& arguments,
                                const Settings& settings, Report& report) {
  std::vector<double> rates;
  for (std::size_t round = 0; round < settings.rounds; ++round) {
    const auto result = run(command, arguments, report);
    if (!result) return std::nullopt;
    rates.push_back(number(*result, "messages_per_second"));
  }
  return median(rates);
}

void measure_relay(const Settings& settings, Report& report) {
  Table table{.title = "Broadcasts through one peer",
              .method =
                  "Eight neighbors, 512 bytes of content; each broadcast is delivered and "
                  "passed on to seven. Median of " +
                  std::to_string(settings.rounds) +
                  " runs. Upstream's is the code of 1.1.3: JSON.parse, its gossip manager, "
                  "and its sendMessage for each neighbor; sending itself costs nothing on "
                  "either side. Copies come from other neighbors and are dropped.",
              .columns = {"arriving", "ours, messages/s", "1.1.3, messages/s", "ratio"}};
  const Words own = {settings.own.string(), "relay"};
  const Words reference = {"node", settings.reference.string(), "relay"};
  for (const char* copies : {"1", "4"}) {
    const auto ours = median_of(own, {"--count", "100000", "--copies", copies}, settings, report);
    const auto theirs =
        median_of(reference, {"--count", "40000", "--copies", copies}, settings, report);
    if (!ours || !theirs) return;
    table.rows.push_back({copies == std::string("1") ? "once" : "four times", Cell(*ours),
                          Cell(*theirs), Cell(*ours / *theirs, 1)});
    if (copies == std::string("1")) {
      report.at_least("relay, times upstream's", *ours / *theirs, 5, 1);
    }
  }
  report.add(std::move(table));
}

void measure_verified(const Settings& settings, Report& report) {
  const auto ours = median_of({settings.own.string(), "relay"}, {"--count", "20000", "--verify"},
                              settings, report);
  if (!ours) return;
  report.add({.title = "Signed broadcasts through one peer",
              .method = "The same, with a signature on each that is checked before it is "
                        "delivered and passed on. One thread.",
              .columns = {"messages/s"},
              .rows = {{Cell(*ours)}}});
  report.at_least("verified messages a second and core", *ours, 8'000);
}

void measure_mesh(const Settings& settings, Report& report) {
  const std::string peers = std::to_string(settings.peers);
  const auto result =
      run({settings.own.string(), "mesh"},
          {"--peers", peers, "--seconds", std::to_string(settings.idle_seconds)}, report);
  if (!result) return;
  const double sent = number(*result, "direct_sent");
  report.add(
      {.title = "A mesh of " + peers + " peers in one process",
       .method = "Real WebRTC on loopback through one hub in the same process; all join at once. "
                 "Memory is the growth of the resident set, hub included, 10 s after the last "
                 "message. Processor time is that of " +
                 std::to_string(settings.idle_seconds) + " s without messages, hub included.",
       .columns = {"all linked in s", "links each", "heard a broadcast", "after s",
                   "direct messages confirmed", "MiB each", "idle, % of a core"},
       .rows = {{Cell(number(*result, "linked_seconds"), 2), Cell(number(*result, "links_each"), 1),
                 Cell(number(*result, "broadcast_heard")),
                 Cell(number(*result, "broadcast_seconds"), 3),
                 std::to_string(static_cast<std::size_t>(number(*result, "direct_confirmed"))) +
                     " of " + std::to_string(static_cast<std::size_t>(sent)),
                 Cell(number(*result, "mebibytes_each"), 2),
                 Cell(number(*result, "idle_percent"), 2)}}});
  report.at_most("mesh, all linked, s", number(*result, "linked_seconds"), 5, 2);
  report.at_least("mesh, broadcast heard", number(*result, "broadcast_heard"),
                  static_cast<double>(settings.peers));
  report.at_least("mesh, direct messages confirmed", number(*result, "direct_confirmed"), sent);
  report.at_most("mesh, MiB a peer", number(*result, "mebibytes_each"), 2, 2);
  report.at_most("mesh, idle, % of a core", number(*result, "idle_percent"), 2, 2);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody expects ends the program with its text.
int main(int argc, char** argv) {
  CLI::App app("Measures nodes: limits and comparisons, as Markdown tables.");
  Settings settings;
  settings.own = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "node_own";
  settings.reference = "bench/node/reference.mjs";
  std::vector<std::string> chosen;
  bool is_strict = false;
  app.add_option("cases", chosen, "relay, verified, mesh; default: all")
      ->check(CLI::IsMember({"relay", "verified", "mesh"}));
  app.add_option("--own", settings.own, "Ours as a program; default: beside this program");
  app.add_option("--reference", settings.reference, "reference.mjs")->check(CLI::ExistingFile);
  app.add_option("--rounds", settings.rounds)->check(CLI::Range(1, 100));
  app.add_option("--peers", settings.peers)->check(CLI::Range(2, 1'000));
  app.add_option("--idle-seconds", settings.idle_seconds)->check(CLI::Range(1, 600));
  app.add_flag("--strict", is_strict, "Exit with 2 if a limit is not kept");
  CLI11_PARSE(app, argc, argv);

  const auto wants = [&chosen](const char* name) {
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
  };
  Report report(true);
  if (wants("relay")) measure_relay(settings, report);
  if (wants("verified")) measure_verified(settings, report);
  if (wants("mesh")) measure_mesh(settings, report);
  report.print_verdict();
  if (report.failed()) return 1;
  return is_strict && !report.limits_kept() ? 2 : 0;
}
