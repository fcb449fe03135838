#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Bounds of the retransmission timeout (RFC 9260 section 16).
struct RtoOptions {
  /// Before the first measurement. Below the RFC's second: ICE and DTLS have just crossed the path.
  Duration initial = 500ms;
  /// A peer may hold an acknowledgement back for 200 ms (RFC 9260 section 6.2); half as much again
  /// for the path on top, and twice in all, keeps that from looking like a loss.
  Duration min = 400ms;
  /// Well below the RFC's minute: ICE watches the path, and a try every ten seconds keeps an outage
  /// of seconds from becoming one of minutes.
  Duration max = 10s;
};

/// How long an acknowledgement takes and when it is overdue (RFC 9260 section 6.3.1).
class RttEstimator {
 public:
  explicit RttEstimator(RtoOptions options) : options_(options), rto_(options.initial) {}

  /// A chunk that was sent once was acknowledged after `rtt`.
  void measure(Duration rtt) {
    rtt = std::max(rtt, Duration(0));
    if (!smoothed_) {
      smoothed_ = rtt;
      variation_ = rtt / 2;
    } else {
      const Duration error = rtt > *smoothed_ ? rtt - *smoothed_ : *smoothed_ - rtt;
      variation_ += (error - variation_) / 4;
      *smoothed_ += (rtt - *smoothed_) / 8;
    }
    rto_ = bounded(*smoothed_ + 4 * variation_);
  }

  /// The timeout has passed without an answer (RFC 9260 section 6.3.3, E2).
  void back_off() { rto_ = bounded(2 * rto_); }

  Duration rto() const { return rto_; }
  /// The smoothed round trip; nothing before the first measurement.
  std::optional<Duration> smoothed() const { return smoothed_; }

 private:
  Duration bounded(Duration rto) const { return std::clamp(rto, options_.min, options_.max); }

  RtoOptions options_;
  std::optional<Duration> smoothed_;
  Duration variation_{};
  Duration rto_;
};

/// Times one chunk in each round trip (RFC 9260 section 6.3.1, C4 and C5).
class RttProbe {
 public:
  /// A chunk is being sent for the first time.
  void sent(Tsn tsn, Instant now) {
    if (tsn_) return;
    tsn_ = tsn;
    at_ = now;
  }
  /// It is being sent again: its acknowledgement could be that of either copy (Karn's rule).
  void sent_again(Tsn tsn) {
    if (tsn_ == tsn) tsn_.reset();
  }
  /// What is being timed.
  std::optional<Tsn> tsn() const { return tsn_; }
  void cancel() { tsn_.reset(); }
  /// It was acknowledged.
  Duration finish(Instant now) {
    tsn_.reset();
    return now - at_;
  }

 private:
  std::optional<Tsn> tsn_;
  Instant at_{};
};

}  // namespace pigeon::sctp
