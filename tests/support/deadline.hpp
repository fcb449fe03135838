#pragma once

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace pigeon::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long a test waits for what should happen soon. Long: machines are slow under sanitizers, and
/// a test that passes does not wait for the end of it.
inline constexpr std::chrono::milliseconds patience = 30s;

/// The end of a test's patience with one thing.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds time = patience) : at_(Clock::now() + time) {}

  bool has_passed() const { return Clock::now() >= at_; }
  /// What is left, for poll(2): at least 0, rounded up.
  int poll_ms() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now()).count();
    return static_cast<int>(std::max<std::int64_t>(0, left));
  }
  Clock::time_point at() const { return at_; }

 private:
  Clock::time_point at_;
};

/// Ends a test whose partner did not do what it must.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace pigeon::test
