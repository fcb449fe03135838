#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/cases/settings.hpp"
#include "bench/load/exchange.hpp"
#include "bench/load/statistics.hpp"

namespace pigeon::bench {
namespace {

constexpr double warm_up_seconds = 0.3;
// Upstream's engine compiles what is hot only after a while.
constexpr double first_warm_up_seconds = 2.0;

/// What one repetition found, in microseconds.
struct Sample {
  double rate = 0;
  double cpu = 0;
  double user = 0;
  double load_cpu = 0;
  double p50 = 0;
  double p99 = 0;
};

/// One server with its clients.
class Subject {
 public:
  Subject(const ServerPlan& plan, std::string name, std::size_t clients, const Settings& settings)
      : name_(std::move(name)),
        server_(plan),
        exchange_(std::make_unique<Exchange>(server_.port(), clients, settings.message_bytes,
                                             settings.burst)) {
    exchange_->join();
    exchange_->run_closed(first_warm_up_seconds, settings.window);
    exchange_->finish();
  }

  void measure(const Settings& settings) {
    load(settings, warm_up_seconds);
    const CpuTime server_before = server_.process().cpu();
    const CpuTime load_before = own_cpu();
    const Round round = load(settings, settings.seconds);
    const CpuTime server_after = server_.process().cpu();
    const CpuTime load_after = own_cpu();
    exchange_->finish();
    others_ += round.others;
    const auto messages = static_cast<double>(round.messages);
    const auto each = [messages](double seconds) { return seconds * 1e6 / messages; };
    samples_.push_back({.rate = messages / round.seconds,
                        .cpu = each(server_after.total - server_before.total),
                        .user = each(server_after.user - server_before.user),
                        .load_cpu = each(load_after.total - load_before.total),
                        .p50 = static_cast<double>(quantile(round.latencies, 0.5)) / 1e3,
                        .p99 = static_cast<double>(quantile(round.latencies, 0.99)) / 1e3});
  }

  /// Answers pings while others are measured.
  void tend() { exchange_->swarm().poll(0); }

  double median_of(double Sample::*field) const {
    std::vector<double> values;
    for (const Sample& sample : samples_) values.push_back(sample.*field);
    return median(values);
  }

  /// This server's processor time per message as a multiple of the other's; both measured in turn,
  /// so the median is taken of the ratios.
  double ratio_to(const Subject& other) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      ratios.push_back(samples_[i].cpu / other.samples_[i].cpu);
    }
    return median(ratios);
  }

  void verify(Report& report) const {
    const Exchange& exchange = *exchange_;
    if (exchange.lost() > 0) {
      report.fail(name_ + " lost " + std::to_string(exchange.lost()) + " of " +
                  std::to_string(exchange.sent()) + " messages");
    }
    if (exchange.faults() > 0) report.fail(name_ + ": " + exchange.first_fault());
  }

  const std::string& name() const { return name_; }
  std::uint64_t others() const { return others_; }
  std::uint64_t sent() const { return exchange_->sent(); }

 private:
  Round load(const Settings& settings, double seconds) {
    if (settings.rate > 0) return exchange_->run_paced(seconds, settings.rate);
    return exchange_->run_closed(seconds, settings.window);
  }

  std::string name_;
  Server server_;
  std::unique_ptr<Exchange> exchange_;
  std::vector<Sample> samples_;
  std::uint64_t others_ = 0;
};

struct Lineup {
  std::unique_ptr<Subject> relay;
  std::unique_ptr<Subject> one_loop;
  std::unique_ptr<Subject> all_loops;
  std::unique_ptr<Subject> upstream;

  std::vector<Subject*> all() const {
    std::vector<Subject*> subjects = {relay.get(), one_loop.get(), all_loops.get()};
    if (upstream) subjects.push_back(upstream.get());
    return subjects;
  }
};

Lineup start_all(const Settings& settings, std::size_t clients) {
  const Programs& programs = settings.programs;
  const auto start = [&](const ServerPlan& plan, std::string name) {
    return std::make_unique<Subject>(plan, std::move(name), clients, settings);
  };
  std::vector<std::string> single = lifted_rates();
  single.insert(single.end(), {"--loops", "1"});
  Lineup lineup;
  lineup.relay = start(plan_relay(programs), "blind epoll relay");
  lineup.one_loop = start(plan_hub(programs, single), "pigeonhub, 1 loop");
  lineup.all_loops = start(plan_hub(programs, lifted_rates()), "pigeonhub, default loops");
  if (const auto plan = plan_upstream(programs)) lineup.upstream = start(*plan, plan->name);
  return lineup;
}

std::vector<Cell> row_of(const Subject& subject, const Lineup& lineup) {
  const auto cell = [&subject](double Sample::*field, int decimals) {
    return Cell(subject.median_of(field), decimals);
  };
  return {subject.name(),
          cell(&Sample::rate, 0),
          cell(&Sample::cpu, 2),
          cell(&Sample::user, 2),
          Cell(subject.ratio_to(*lineup.relay), 2),
          lineup.upstream ? Cell(lineup.upstream->ratio_to(subject), 2) : Cell("-"),
          cell(&Sample::p50, 0),
          cell(&Sample::p99, 0),
          cell(&Sample::load_cpu, 2),
          static_cast<std::size_t>(subject.others()),
          static_cast<std::size_t>(subject.sent())};
}

void measure_with(const Settings& settings, std::size_t clients, Report& report) {
  const Lineup lineup = start_all(settings, clients);
  for (std::size_t i = 0; i < settings.repetitions; ++i) {
    for (Subject* subject : lineup.all()) {
      for (Subject* other : lineup.all()) other->tend();
      subject->measure(settings);
    }
  }
  const std::string shape =
      std::to_string(clients) + " clients" + (settings.burst > 1 ? " in bursts" : "");
  Table table{
      .title = "Routed message, " + shape,
      .method = "Offers and answers of " + std::to_string(settings.message_bytes) +
                " bytes between pairs in one "
                "namespace, " +
                std::to_string(settings.burst) + " in a row, " + std::to_string(settings.window) +
                " under way at a time (latency is "
                "that of a saturated server). Processor time is the server's, all threads. Median "
                "of " +
                std::to_string(settings.repetitions) +
                " interleaved rounds; ratios are "
                "medians of each round's ratio. Rate limits lifted, limiter at work.",
      .columns = {"server", "messages/s", "CPU us/message", "of it user", "x relay",
                  "upstream / this", "p50 us", "p99 us", "load CPU us/message", "other messages",
                  "sent in all"}};
  for (const Subject* subject : lineup.all()) {
    table.rows.push_back(row_of(*subject, lineup));
    subject->verify(report);
  }
  report.add(std::move(table));
  for (const Subject* hub : {lineup.one_loop.get(), lineup.all_loops.get()}) {
    const std::string what = hub->name() + ", " + shape + ": CPU per message ";
    report.at_most(what + "as a multiple of the relay's", hub->ratio_to(*lineup.relay), 2, 2);
    if (!lineup.upstream) continue;
    report.at_least(what + "below upstream's by a factor", lineup.upstream->ratio_to(*hub), 4, 2);
  }
}

}  // namespace

void measure_routing(const Settings& settings, Report& report) {
  measure_with(settings, 100, report);
  measure_with(settings, 1'000, report);
}

void measure_bursts(const Settings& settings, Report& report) {
  Settings in_bursts = settings;
  in_bursts.burst = 16;
  in_bursts.window = 256;
  measure_routing(in_bursts, report);
}

}  // namespace pigeon::bench
