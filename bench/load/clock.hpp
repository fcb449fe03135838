#pragma once

#include <cstdint>
#include <ctime>

namespace pigeon::bench {

/// Nanoseconds since an arbitrary moment; never runs backwards.
inline std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

constexpr std::int64_t milliseconds_ns(std::int64_t count) { return count * 1'000'000; }
constexpr double to_seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

}  // namespace pigeon::bench
