#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/cases/settings.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/exchange.hpp"
#include "bench/load/statistics.hpp"

namespace pigeon::bench {
namespace {

constexpr std::size_t clients = 100;
constexpr double exchange_rate = 2'000;
constexpr std::size_t flood_message_bytes = 16'000;
constexpr double flood_rate = 1'000;
constexpr double stretch_seconds = 3;
constexpr double hard_limit_mib = 4;
constexpr int victim_receive_buffer = 4'096;
constexpr double mib = 1024 * 1024;

/// Watches the target of the flood.
class Target final : public Swarm::Listener {
 public:
  void on_text(ClientIndex /*client*/, std::string_view text) override {
    if (look_at(text).type == "offer") ++offers;
  }
  void on_closed(ClientIndex /*client*/, std::uint16_t code) override { close_code = code; }

  std::size_t offers = 0;
  std::uint16_t close_code = 0;
};

struct Stretch {
  std::vector<std::int64_t> latencies;
  std::uint64_t messages = 0;
  double memory_before = 0;
  double memory_peak = 0;
  std::size_t flood_sent = 0;
  std::size_t flood_arrived = 0;
  double target_received_mib = 0;
  std::string end;
};

/// The 100 clients exchange at a fixed rate while a further one floods a target, which reads or
/// not.
class Scene {
 public:
  Scene(Server& server, Exchange& exchange) : server_(server), exchange_(exchange) {}

  Stretch play(bool target_reads, std::size_t number) {
    Target target;
    Swarm far(server_.port(), target);
    const ClientIndex reader = far.connect(
        target_of(number),
        {.reads = target_reads, .receive_buffer = target_reads ? 0 : victim_receive_buffer});
    while (!far.is_open(reader) && !far.is_closed(reader)) far.poll(milliseconds_ns(10));
    far.send(reader, announce_of(number, "bench"));
    const ClientIndex flooder = exchange_.add_bystander(number + 1, {});
    Description flood("offer", number, "bench", flood_message_bytes);
    exchange_.run_paced(0.3, exchange_rate);
    Stretch stretch;
    stretch.memory_before = memory();
    const std::int64_t begin = now_ns();
    while (to_seconds(now_ns() - begin) < stretch_seconds) {
      const double due = to_seconds(now_ns() - begin) * flood_rate;
      // A hub that no longer reads from the flooder must not fill our memory.
      while (static_cast<double>(stretch.flood_sent) < due &&
             exchange_.swarm().unsent_bytes(flooder) < flood_message_bytes) {
        exchange_.swarm().send(flooder, flood.numbered(stretch.flood_sent++));
      }
      add(stretch, exchange_.run_paced(0.005, exchange_rate));
      far.poll(0);
      stretch.memory_peak = std::max(stretch.memory_peak, memory());
    }
    see_the_end(far, reader, target, stretch);
    return stretch;
  }

 private:
  double memory() const { return static_cast<double>(server_.process().memory().anonymous) / mib; }

  static void add(Stretch& stretch, Round round) {
    stretch.messages += round.messages;
    stretch.latencies.insert(stretch.latencies.end(), round.latencies.begin(),
                             round.latencies.end());
  }

  /// What is left for the target, once it reads: its data, then a close frame or nothing.
  static void see_the_end(Swarm& far, ClientIndex reader, const Target& target, Stretch& stretch) {
    far.start_reading(reader);
    const std::int64_t end = now_ns() + milliseconds_ns(2'000);
    while (!far.is_closed(reader) && now_ns() < end) far.poll(milliseconds_ns(10));
    stretch.flood_arrived = target.offers;
    stretch.target_received_mib = static_cast<double>(far.received_bytes(reader)) / mib;
    if (!far.is_closed(reader)) {
      stretch.end = "open";
    } else {
      stretch.end = target.close_code == 1006 ? "cut off" : std::to_string(target.close_code);
    }
  }

  Server& server_;
  Exchange& exchange_;
};

std::vector<Cell> row_of(const std::string& name, const Stretch& stretch) {
  const auto us = [&stretch](double fraction) {
    return Cell(static_cast<double>(quantile(stretch.latencies, fraction)) / 1e3, 0);
  };
  return {name,
          static_cast<std::size_t>(stretch.messages),
          us(0.5),
          us(0.99),
          us(0.999),
          Cell(stretch.memory_peak - stretch.memory_before, 2),
          stretch.flood_sent,
          stretch.flood_arrived,
          Cell(stretch.target_received_mib, 1),
          stretch.end};
}

double p99_us(const Stretch& stretch) {
  return static_cast<double>(quantile(stretch.latencies, 0.99)) / 1e3;
}

/// Plays both kinds in turn, and adds up what belongs together.
void play_all(Server& server, const Settings& settings, bool is_ours, Table& table,
              Report& report) {
  Exchange exchange(server.port(), clients, settings.message_bytes);
  exchange.join();
  exchange.run_paced(1, exchange_rate);
  Scene scene(server, exchange);
  std::vector<double> slow_p99;
  std::vector<double> normal_p99;
  double growth = 0;
  for (std::size_t round = 0; round < 3; ++round) {
    const Stretch normal = scene.play(true, clients + 4 * round);
    const Stretch slow = scene.play(false, clients + 4 * round + 2);
    table.rows.push_back(row_of(server.name() + ", reads", normal));
    table.rows.push_back(row_of(server.name() + ", never reads", slow));
    normal_p99.push_back(p99_us(normal));
    slow_p99.push_back(p99_us(slow));
    growth = std::max(growth, slow.memory_peak - slow.memory_before);
    const bool ended = slow.end == "1013" || slow.end == "cut off";
    if (is_ours && !ended) report.fail("a client that never reads stays connected: " + slow.end);
    if (is_ours && normal.end != "open") {
      report.fail("a client that reads was closed: " + normal.end);
    }
    if (normal.flood_arrived < normal.flood_sent) {
      report.fail(server.name() + " lost flood messages");
    }
  }
  exchange.finish();
  if (exchange.lost() > 0) report.fail(server.name() + " lost messages of the 100 clients");
  if (exchange.faults() > 0) report.fail(server.name() + ": " + exchange.first_fault());
  if (!is_ours) return;
  report.at_most("a client that never reads: server memory, MiB", growth, hard_limit_mib + 1, 2);
  report.at_most("latency p99 of the others beside it, as a multiple of that beside one that reads",
                 median(slow_p99) / median(normal_p99), 1.5, 2);
}

}  // namespace

void measure_slow_reader(const Settings& settings, Report& report) {
  Table table{
      .title = "A client that never reads",
      .method =
          "100 clients exchange 2,000 offers a second in pairs while another sends "
          "1,000 offers of 16,000 bytes a second to a target that reads all, or "
          "nothing; three stretches of 3 s of each in turn. Latency is that of the 100 "
          "clients, from the moment a message was due. Memory is the growth of private "
          "resident memory. After its stretch the target reads what is left.",
      .columns = {"server, target", "messages", "p50 us", "p99 us", "p99.9 us", "server memory MiB",
                  "flood sent", "flood arrived", "target got MiB", "target's end"}};
  Server hub(plan_hub(settings.programs, lifted_rates()));
  play_all(hub, settings, true, table, report);
  hub.process().stop();
  if (const auto plan = plan_upstream(settings.programs)) {
    Server upstream(*plan);
    play_all(upstream, settings, false, table, report);
  }
  report.add(std::move(table));
}

}  // namespace pigeon::bench
