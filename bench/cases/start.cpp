#include <chrono>
#include <thread>
#include <vector>

#include "bench/cases/settings.hpp"
#include "bench/load/statistics.hpp"

namespace pigeon::bench {
namespace {

struct Starts {
  std::vector<double> accepting;
  std::vector<double> ready;
  std::vector<double> resident;
  std::vector<double> anonymous;
  std::size_t threads = 0;
};

constexpr double mib = 1024 * 1024;

void start_once(const ServerPlan& plan, Starts& starts) {
  Server server(plan);
  starts.accepting.push_back(server.accepting_ms());
  starts.ready.push_back(server.ready_ms());
  // Whatever it does lazily after the first request is done by then.
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  const Memory memory = server.process().memory();
  starts.resident.push_back(static_cast<double>(memory.resident) / mib);
  starts.anonymous.push_back(static_cast<double>(memory.anonymous) / mib);
  starts.threads = memory.threads;
  server.process().stop();
}

}  // namespace

void measure_start(const Settings& settings, Report& report) {
  Table table{.title = "Start",
              .method =
                  "From before fork to the first accepted connection and to the first answer "
                  "200 of the readiness page; memory half a second later, no client. Median "
                  "of " +
                  std::to_string(settings.repetitions) + " starts.",
              .columns = {"server", "accepts after ms", "ready after ms", "resident MiB",
                          "of it private MiB", "threads"}};
  const auto measure = [&](const ServerPlan& plan) {
    Starts starts;
    for (std::size_t i = 0; i < settings.repetitions; ++i) start_once(plan, starts);
    table.rows.push_back({plan.name, Cell(median(starts.accepting), 1),
                          Cell(median(starts.ready), 1), Cell(median(starts.resident), 1),
                          Cell(median(starts.anonymous), 1), starts.threads});
    return starts;
  };
  const Starts ours = measure(plan_hub(settings.programs));
  if (const auto upstream = plan_upstream(settings.programs)) measure(*upstream);
  report.add(std::move(table));
  report.at_most("started hub, resident MiB", median(ours.resident), 16, 1);
  report.at_most("start to ready, ms", median(ours.ready), 200, 1);
}

}  // namespace pigeon::bench
