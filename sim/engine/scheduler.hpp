#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/agenda.hpp"
#include "base/time.hpp"

namespace pigeon::sim {

/// The virtual clock of a run and everything that is going to happen. Actions at the same instant
/// happen in the order in which they were scheduled.
class Scheduler {
 public:
  using Action = std::function<void()>;

  Now now() const { return now_; }

  /// Does something after a delay, which is not negative.
  void after(Duration delay, Action action) {
    agenda_.schedule(now_.monotonic + delay, std::move(action));
  }

  /// Lets time pass up to `end`, doing what is scheduled until then.
  void run_until(Instant end) {
    while (agenda_.next() <= end) {
      set_clock(agenda_.next());
      // Taken out before it runs, because it schedules more.
      const auto action = agenda_.pop_due(now_.monotonic);
      (*action)();
    }
    set_clock(end);
  }

  void run_for(Duration duration) { run_until(now_.monotonic + duration); }

 private:
  /// The wall clock of every run begins at the same, recognizable moment.
  static constexpr std::int64_t first_wall_ms = 1'700'000'000'000;

  void set_clock(Instant instant) {
    now_.monotonic = instant;
    now_.wall_ms = first_wall_ms + instant.time_since_epoch() / std::chrono::milliseconds(1);
  }

  Now now_{.wall_ms = first_wall_ms};
  Agenda<Action> agenda_;
};

}  // namespace pigeon::sim
