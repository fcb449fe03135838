#include <string>

#include "bench/rtc/cases/settings.hpp"

namespace pigeon::bench {

void measure_pairs(const RtcSettings& settings, Report& report) {
  const std::string count = std::to_string(settings.pairs);
  const std::string seconds = std::to_string(settings.idle_seconds);
  Table table{.title = "Idle pairs",
              .method = count +
                        " connected pairs with an open channel in one process. Memory is the "
                        "growth of the resident set after a first pair, 2 s after the last one "
                        "opened; allocated is what malloc has handed out. Processor time is that "
                        "of the " +
                        seconds + " s after.",
              .columns = {"implementation", "resident KiB a pair", "allocated KiB a pair",
                          "threads", "% of a core"}};
  for (const Implementation& one : settings.all()) {
    const auto result = run(one.command, {"idle", "--count", count, "--seconds", seconds}, report);
    if (!result) continue;
    const double memory = number(*result, "rss_kibibytes_per_pair");
    const double cpu = number(*result, "cpu_percent");
    const bool is_ours = one.name == settings.ours().name;
    table.rows.push_back({one.name, Cell(memory, 1),
                          is_ours ? Cell(number(*result, "allocated_kibibytes_per_pair"), 1) : "-",
                          Cell(number(*result, "threads")), Cell(cpu, 2)});
    if (!is_ours) continue;
    report.at_most("idle pair, resident KiB", memory, 96, 1);
    report.at_most(count + " idle pairs, % of a core", cpu, 1, 2);
    report.at_most("threads", number(*result, "threads"), 1);
  }
  report.add(std::move(table));
}

void measure_many(const RtcSettings& settings, Report& report) {
  const std::string count = std::to_string(settings.many_pairs);
  const std::string seconds = std::to_string(settings.many_seconds);
  Table table{.title = "Many connections",
              .method = count + " pairs and one in one process; for " + seconds +
                        " s each sends 100 bytes a second, which come back.",
              .columns = {"connections", "connected at the end", "opened in s", "messages",
                          "answers", "resident KiB a pair", "resident MiB", "% of a core"}};
  const auto result =
      run(settings.ours().command, {"many", "--count", count, "--seconds", seconds}, report);
  if (!result) return;
  const double connections = 2 * (static_cast<double>(settings.many_pairs) + 1);
  const double connected = 2 * number(*result, "connected");
  table.rows.push_back(
      {Cell(connections), Cell(connected), Cell(number(*result, "open_seconds"), 2),
       Cell(number(*result, "messages")), Cell(number(*result, "answers")),
       Cell(number(*result, "rss_kibibytes_per_pair"), 1),
       Cell(number(*result, "rss_mebibytes"), 1), Cell(number(*result, "cpu_percent"), 1)});
  report.add(std::move(table));
  report.at_least("many connections, connected at the end", connected, connections);
  report.at_least("many connections, answers", number(*result, "answers"),
                  number(*result, "messages"));
}

}  // namespace pigeon::bench
