#include <algorithm>
#include <string>
#include <vector>

#include <boost/json/array.hpp>

#include "bench/load/statistics.hpp"
#include "bench/rtc/cases/settings.hpp"

namespace pigeon::bench {

void measure_round_trip(const RtcSettings& settings, Report& report) {
  Table table{.title = "Round trip of 64 bytes",
              .method = "10,000 in a row over loopback, one at a time; median of " +
                        std::to_string(settings.rounds) + " rounds that take turns.",
              .columns = {"implementation", "p50 us", "p99 us"}};
  const std::vector<Implementation> all = settings.all();
  std::vector<std::vector<double>> middles(all.size());
  std::vector<std::vector<double>> tails(all.size());
  for (std::size_t round = 0; round < settings.rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto result =
          run(all[i].command, {"round-trip", "--message-bytes", "64", "--count", "10000"}, report);
      if (!result) continue;
      middles[i].push_back(number(*result, "microseconds", "p50"));
      tails[i].push_back(number(*result, "microseconds", "p99"));
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    table.rows.push_back({all[i].name, Cell(median(middles[i]), 1), Cell(median(tails[i]), 1)});
    if (i == 0 || middles[i].empty()) continue;
    report.at_most("round trip, p50, share of that of " + all[i].name,
                   median(middles[0]) / median(middles[i]), 1, 2);
    report.at_most("round trip, p99, share of that of " + all[i].name,
                   median(tails[0]) / median(tails[i]), 1, 2);
  }
  report.add(std::move(table));
}

void measure_opening(const RtcSettings& settings, Report& report) {
  Table table{.title = "Opening",
              .method =
                  "From creating both connections to a channel open at both ends, "
                  "descriptions and candidates passed on within the process; 50 in a row.",
              .columns = {"implementation", "median ms", "p99 ms", "worst ms"}};
  for (const Implementation& one : settings.all()) {
    const auto result = run(one.command, {"opening", "--count", "50"}, report);
    if (!result) continue;
    const double worst = number(*result, "milliseconds", "max");
    table.rows.push_back({one.name, Cell(number(*result, "milliseconds", "p50"), 2),
                          Cell(number(*result, "milliseconds", "p99"), 2), Cell(worst, 2)});
    if (one.name == settings.ours().name) report.at_most("opening, worst of 50, ms", worst, 20, 1);
  }
  report.add(std::move(table));
}

}  // namespace pigeon::bench
