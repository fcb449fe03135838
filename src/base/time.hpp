#pragma once

#include <chrono>
#include <cstdint>

namespace pigeon {

using namespace std::chrono_literals;

/// Every span of time in the project.
using Duration = std::chrono::microseconds;

/// Names the time line of `Instant`. It has no `now()`: below the drivers nobody can read a clock.
struct MonotonicTimeline {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicTimeline, Duration>;
  static constexpr bool is_steady = true;
};

/// A point in monotonic time; only differences mean something. `Instant::max()` means never.
using Instant = MonotonicTimeline::time_point;

/// The moment at which an input happens, as the driver's clocks showed it.
struct Now {
  /// For durations and deadlines. Never goes back.
  Instant monotonic{};
  /// Milliseconds since the Unix epoch, for stamps that others read. May jump.
  std::int64_t wall_ms = 0;
};

}  // namespace pigeon
