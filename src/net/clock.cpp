#include "net/clock.hpp"

namespace pigeon::net {

Now read_clock() {
  using std::chrono::duration_cast;
  const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {.monotonic = Instant(duration_cast<Duration>(monotonic)),
          .wall_ms = duration_cast<std::chrono::milliseconds>(wall).count()};
}

std::chrono::steady_clock::time_point to_steady(Instant instant) {
  using TimePoint = std::chrono::steady_clock::time_point;
  if (instant == Instant::max()) return TimePoint::max();
  return TimePoint(std::chrono::duration_cast<TimePoint::duration>(instant.time_since_epoch()));
}

}  // namespace pigeon::net
