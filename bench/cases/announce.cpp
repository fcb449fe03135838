#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "bench/cases/settings.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/messages.hpp"
#include "bench/load/swarm.hpp"

namespace pigeon::bench {
namespace {

constexpr double settle_seconds = 5;
constexpr double join_seconds_max = 5;
constexpr double all_seconds_max = 120;

/// Joins clients one after another and books every message to the join that caused it: a notice
/// that introduces two peers belongs to the later one of them.
class JoinLedger final : public Swarm::Listener {
 public:
  JoinLedger(std::uint16_t port, std::size_t count)
      : swarm_(port, *this), notices_(count), repeats_(count), joined_cpu_(count) {}

  void join_all(Server& server) {
    const std::int64_t begin = now_ns();
    for (std::size_t number = 0; number < notices_.size(); ++number) {
      join(number);
      joined_cpu_[number] = server.process().cpu().total;
      if (to_seconds(now_ns() - begin) > all_seconds_max) break;
    }
    join_seconds_ = to_seconds(now_ns() - begin);
    swarm_.run(settle_seconds);
  }

  void on_text(ClientIndex client, std::string_view text) override {
    const Arrival arrival = look_at(text);
    if (arrival.type == "connected") {
      ++connected_;
    } else if (arrival.type == "peer-discovered") {
      const std::size_t other = number_of(discovered_peer(arrival.data));
      const std::size_t later = std::min(std::max(client, other), notices_.size() - 1);
      const bool is_new = seen_.insert((std::uint64_t{client} << 32) | other).second;
      ++(is_new ? notices_ : repeats_)[later];
    } else {
      ++others_;
    }
  }

  void on_closed(ClientIndex /*client*/, std::uint16_t /*code*/) override { ++closed_; }

  std::size_t joined() const { return connected_; }
  std::uint64_t others() const { return others_; }
  std::uint64_t closed() const { return closed_; }
  double join_seconds() const { return join_seconds_; }

  /// Per join, over the joins from `first` to before `last`.
  double notices(std::size_t first, std::size_t last) const { return mean(notices_, first, last); }
  double repeats(std::size_t first, std::size_t last) const { return mean(repeats_, first, last); }
  double cpu_us(std::size_t first, std::size_t last) const {
    const double spent = joined_cpu_[last - 1] - joined_cpu_[first];
    return spent * 1e6 / static_cast<double>(last - 1 - first);
  }

 private:
  using Counts = std::vector<std::uint64_t>;

  void join(std::size_t number) {
    const ClientIndex client = swarm_.connect(target_of(number));
    const std::int64_t end = now_ns() + static_cast<std::int64_t>(join_seconds_max * 1e9);
    // Upstream closes, and we must not wait for, what it refuses.
    while (connected_ <= number && !swarm_.is_closed(client) && now_ns() < end) {
      swarm_.poll(milliseconds_ns(1));
    }
    swarm_.send(client, announce_of(number, "bench"));
  }

  static double mean(const Counts& counts, std::size_t first, std::size_t last) {
    std::uint64_t sum = 0;
    for (std::size_t at = first; at < last; ++at) sum += counts[at];
    return static_cast<double>(sum) / static_cast<double>(last - first);
  }

  Swarm swarm_;
  Counts notices_;
  Counts repeats_;
  std::vector<double> joined_cpu_;
  std::unordered_set<std::uint64_t> seen_;
  std::size_t connected_ = 0;
  std::uint64_t others_ = 0;
  std::uint64_t closed_ = 0;
  double join_seconds_ = 0;
};

/// Messages per join over all joins, and over the last tenth.
struct Price {
  double all = 0;
  double last = 0;
};

Price measure_joins(const ServerPlan& plan, std::size_t count, Table& table, Report& report) {
  Server server(plan);
  JoinLedger ledger(server.port(), count);
  ledger.join_all(server);
  if (ledger.joined() < count || ledger.closed() > 0) {
    report.fail(plan.name + ": only " + std::to_string(ledger.joined()) + " of " +
                std::to_string(count) + " joined, " + std::to_string(ledger.closed()) + " closed");
  }
  const std::size_t tenth = count / 10;
  const auto per_join = [&ledger](std::size_t first, std::size_t last) {
    return ledger.notices(first, last) + ledger.repeats(first, last);
  };
  const Price price{.all = per_join(0, count), .last = per_join(count - tenth, count)};
  table.rows.push_back({plan.name, count, Cell(price.all, 1), Cell(per_join(0, tenth), 1),
                        Cell(price.last, 1), Cell(ledger.repeats(0, count), 1),
                        Cell(ledger.cpu_us(0, tenth), 0),
                        Cell(ledger.cpu_us(count - tenth, count), 0),
                        static_cast<std::size_t>(ledger.others()), Cell(ledger.join_seconds(), 1)});
  return price;
}

}  // namespace

void measure_announce(const Settings& settings, Report& report) {
  Table table{.title = "Announcing in one namespace",
              .method =
                  "Clients join one after another and never offer. Counted are the "
                  "`peer-discovered` messages that all clients got until 5 s after the last "
                  "join; each is booked to the later of the two peers it is about. Repeated: "
                  "the hub tells a peer again of another that it has made no link with.",
              .columns = {"server", "joins", "messages/join", "first tenth", "last tenth",
                          "of all repeated", "CPU us/join, first tenth", "last tenth of CPU",
                          "other messages", "joined in s"}};
  const ServerPlan hub = plan_hub(settings.programs, lifted_rates());
  const Price price = measure_joins(hub, settings.connections, table, report);
  const std::size_t few = settings.upstream_peers;
  measure_joins(hub, few, table, report);
  if (const auto upstream = plan_upstream(settings.programs)) {
    measure_joins(*upstream, few, table, report);
    measure_joins(*upstream, 2 * few, table, report);
  }
  report.add(std::move(table));
  report.at_most("messages per join, all joins", price.all, 48, 1);
  report.at_most("messages per join, last tenth of the joins", price.last, 48, 1);
}

}  // namespace pigeon::bench
