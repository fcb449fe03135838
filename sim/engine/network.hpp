#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include "base/random.hpp"
#include "base/time.hpp"
#include "sim/engine/scheduler.hpp"

namespace pigeon::sim {

/// Delays of a simulated network, uniform between the bounds.
struct NetworkOptions {
  Duration latency_min = 5ms;
  Duration latency_max = 60ms;
};

/// Carries things between endpoints with random delay. What goes from one endpoint to another
/// arrives in the order in which it was sent, as over TCP or a reliable data channel.
class Network {
 public:
  Network(NetworkOptions options, Scheduler& scheduler, Random random)
      : options_(options), scheduler_(scheduler), random_(std::move(random)) {}

  /// Does `arrival` when what `from` sends to `to` now has arrived.
  void carry(std::uint64_t from, std::uint64_t to, Scheduler::Action arrival) {
    const auto spread =
        static_cast<std::uint64_t>((options_.latency_max - options_.latency_min).count());
    const Duration latency =
        options_.latency_min + Duration(static_cast<std::int64_t>(random_.below(spread + 1)));
    Instant& last = last_arrivals_[{from, to}];
    last = std::max(last, scheduler_.now().monotonic + latency);
    scheduler_.after(last - scheduler_.now().monotonic, std::move(arrival));
  }

 private:
  NetworkOptions options_;
  Scheduler& scheduler_;
  Random random_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Instant> last_arrivals_;
};

}  // namespace pigeon::sim
