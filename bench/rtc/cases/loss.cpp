#include <filesystem>
#include <string>
#include <vector>

#include "bench/load/statistics.hpp"
#include "bench/rtc/cases/settings.hpp"

namespace pigeon::bench {

namespace {

struct Condition {
  const char* name;
  Words arguments;
};

struct Goodput {
  std::vector<double> ours;
  std::vector<double> usrsctp;
  double mathis = 0;
};

Goodput transfer(const Condition& condition, const RtcSettings& settings, Report& report) {
  Goodput goodput;
  for (std::size_t seed = 1; seed <= settings.seeds; ++seed) {
    for (const bool is_ours : {true, false}) {
      Words arguments = {is_ours ? "pigeon" : "usrsctp", "--seed", std::to_string(seed)};
      arguments.insert(arguments.end(), condition.arguments.begin(), condition.arguments.end());
      const auto result = run({settings.flow.string()}, arguments, report);
      if (!result) return goodput;
      (is_ours ? goodput.ours : goodput.usrsctp).push_back(number(*result, "mebibytes_per_second"));
      goodput.mathis = number(*result, "mathis_mebibytes_per_second");
    }
  }
  return goodput;
}

}  // namespace

void measure_loss(const RtcSettings& settings, Report& report) {
  if (!std::filesystem::exists(settings.flow)) {
    report.fail("loss: there is no " + settings.flow.string() +
                ". Build the project with its tests, and with libusrsctp-dev installed.");
    return;
  }
  const std::vector<Condition> conditions = {
      {"1 % loss", {"--loss", "100"}},
      {"1 % loss, 100 Mbit/s", {"--loss", "100", "--megabits", "100"}},
      {"100 Mbit/s, queue of 128 KiB", {"--megabits", "100"}},
      {"100 Mbit/s, queue of 610 KiB", {"--megabits", "100", "--queue", "625000"}},
  };
  Table table{.title = "Goodput on simulated paths, 50 ms round trip",
              .method =
                  "MiB of messages in a second of virtual time, 60 s after 5 s of start; "
                  "median of " +
                  std::to_string(settings.seeds) +
                  " seeds. usrsctp 0.9.5 with its defaults but buffers as large as ours, "
                  "packets as long as ours. Estimate: Mathis et al. 1997, an "
                  "acknowledgement for each packet, losses evenly apart.",
              .columns = {"path", "ours", "usrsctp", "ours over usrsctp", "estimate"}};
  for (const Condition& condition : conditions) {
    const Goodput goodput = transfer(condition, settings, report);
    if (goodput.usrsctp.empty()) continue;
    const double ratio = median(goodput.ours) / median(goodput.usrsctp);
    table.rows.push_back({condition.name, Cell(median(goodput.ours), 3),
                          Cell(median(goodput.usrsctp), 3), Cell(ratio, 2),
                          goodput.mathis > 0 ? Cell(goodput.mathis, 3) : Cell("-")});
    report.at_least(std::string("goodput, ") + condition.name + ", multiple of usrsctp's", ratio, 1,
                    2);
  }
  report.add(std::move(table));
}

}  // namespace pigeon::bench
