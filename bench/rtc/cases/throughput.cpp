#include <algorithm>
#include <string>
#include <vector>

#include "bench/load/statistics.hpp"
#include "bench/rtc/cases/settings.hpp"

namespace pigeon::bench {

namespace {

/// One row of the table, measured once in each round.
struct Contender {
  std::string name;
  Words command;
  Words arguments;
  bool is_reference = false;
  std::vector<double> rates = {};
  std::vector<double> costs = {};
};

std::vector<Contender> contenders(const RtcSettings& settings) {
  const Words own = {settings.own.string()};
  std::vector<Contender> list = {
      {"ours", own, {"throughput"}},
      {"ours, datagrams of 1,200 bytes", own, {"throughput", "--datagram-bytes", "1200"}},
  };
  for (const Implementation& one : settings.references) {
    list.push_back({one.name, one.command, {"throughput"}, true});
  }
  list.push_back({"AES-GCM and UDP alone, joined", own, {"bound"}});
  list.push_back({"AES-GCM and UDP alone", own, {"bound", "--no-joins"}});
  return list;
}

void measure(std::vector<Contender>& list, std::size_t message_bytes, const RtcSettings& settings,
             Report& report) {
  for (std::size_t round = 0; round < settings.rounds; ++round) {
    for (Contender& one : list) {
      Words arguments = one.arguments;
      arguments.insert(arguments.end(), {"--mebibytes", std::to_string(settings.mebibytes),
                                         "--message-bytes", std::to_string(message_bytes)});
      const auto result = run(one.command, arguments, report);
      if (!result) continue;
      one.rates.push_back(number(*result, "mebibytes_per_second"));
      one.costs.push_back(number(*result, "cpu_seconds_per_gibibyte"));
    }
  }
}

void judge(const std::vector<Contender>& list, const std::string& what, Report& report) {
  double rate = 0;
  double cost = 0;
  for (const Contender& one : list) {
    if (!one.is_reference || one.rates.empty()) continue;
    rate = std::max(rate, median(one.rates));
    cost = cost == 0 ? median(one.costs) : std::min(cost, median(one.costs));
  }
  if (rate == 0) return;
  report.at_least(what + ": throughput, multiple of the better reference's",
                  median(list.front().rates) / rate, 2, 2);
  report.at_most(what + ": processor time a byte, share of the cheaper reference's",
                 median(list.front().costs) / cost, 0.5, 2);
}

void measure_size(std::size_t message_bytes, const RtcSettings& settings, Report& report) {
  std::vector<Contender> list = contenders(settings);
  measure(list, message_bytes, settings, report);
  const std::string what = "messages of " + std::to_string(message_bytes / 1'024) + " KiB";
  Table table{.title = "Throughput, " + what,
              .method = "One direction over loopback, " + std::to_string(settings.mebibytes) +
                        " MiB after a sixteenth of that to warm up, at most 4 MiB buffered; "
                        "median of " +
                        std::to_string(settings.rounds) +
                        " rounds that take turns. Ours uses one thread for both ends and finds "
                        "datagrams of 1,452 bytes by itself. Alone: as many bytes in datagrams "
                        "as long, sealed by OpenSSL, sent, received and opened in one thread.",
              .columns = {"implementation", "MiB/s", "CPU s per GiB", "ours is faster by",
                          "ours is cheaper by"}};
  const double own_rate = median(list.front().rates);
  const double own_cost = median(list.front().costs);
  for (const Contender& one : list) {
    table.rows.push_back({one.name, Cell(median(one.rates), 1), Cell(median(one.costs), 2),
                          Cell(own_rate / median(one.rates), 2),
                          Cell(median(one.costs) / own_cost, 2)});
  }
  report.add(std::move(table));
  judge(list, what, report);
}

}  // namespace

void measure_throughput(const RtcSettings& settings, Report& report) {
  measure_size(65'536, settings, report);
  measure_size(16'384, settings, report);
}

}  // namespace pigeon::bench
