#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace pigeon::sctp {

/// When to try something again, each time after twice the wait: T1 and T2 (RFC 9260 sections 5.1
/// and 9.2) and that of stream resets.
class BackoffTimer {
 public:
  /// Begins anew.
  void start(Instant now, Duration first, Duration max) {
    wait_ = first;
    max_ = max;
    tries_ = 1;
    at_ = now + wait_;
  }
  void stop() { at_ = Instant::max(); }
  bool is_running() const { return at_ != Instant::max(); }

  /// True if it is time; the wait is doubled then.
  bool expire(Instant now) {
    if (now < at_) return false;
    wait_ = std::min(2 * wait_, max_);
    ++tries_;
    at_ = now + wait_;
    return true;
  }

  /// How many tries have begun.
  int tries() const { return tries_; }
  Instant at() const { return at_; }

 private:
  Instant at_ = Instant::max();
  Duration wait_{};
  Duration max_{};
  int tries_ = 0;
};

}  // namespace pigeon::sctp
