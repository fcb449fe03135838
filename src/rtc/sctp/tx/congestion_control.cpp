#include "rtc/sctp/tx/congestion_control.hpp"

#include <algorithm>
#include <limits>

namespace pigeon::sctp {

namespace {

// RFC 9260 section 7.2.3.
constexpr std::size_t threshold_packets_min = 4;
// RFC 3465 section 2.3: acknowledgements come for every second packet, so a window that grew by one
// packet for each would grow by half in a round trip instead of doubling.
constexpr std::size_t slow_start_packets = 2;

}  // namespace

CongestionControl::CongestionControl(CongestionOptions options, std::size_t packet_size)
    : options_(options),
      packet_size_(packet_size),
      window_(options.initial_packets * packet_size),
      threshold_(std::numeric_limits<std::size_t>::max()) {}

void CongestionControl::acked(const Acked& acked) {
  if (in_recovery_ && acked.advanced && acked.cumulative >= recovery_end_) in_recovery_ = false;
  // Section 7.2.1: only while the window is what limits the sender, and not during fast recovery.
  const bool was_used = acked.flight_before + packet_size_ > window_;
  if (in_recovery_) return;
  if (window_ <= threshold_) {
    if (acked.advanced && was_used) {
      window_ += std::min(acked.bytes, slow_start_packets * packet_size_);
    }
    return;
  }
  // Section 7.2.2.
  partial_bytes_acked_ += acked.bytes;
  if (partial_bytes_acked_ >= window_) {
    partial_bytes_acked_ -= window_;
    if (was_used) window_ += packet_size_;
    partial_bytes_acked_ = std::min(partial_bytes_acked_, window_);
  }
  if (acked.all_acked) partial_bytes_acked_ = 0;
}

bool CongestionControl::lost(Tsn highest_sent) {
  if (in_recovery_) return false;
  threshold_ = halved();
  window_ = threshold_;
  partial_bytes_acked_ = 0;
  recovery_end_ = highest_sent;
  in_recovery_ = true;
  return true;
}

void CongestionControl::timed_out() {
  threshold_ = halved();
  window_ = packet_size_;
  partial_bytes_acked_ = 0;
  in_recovery_ = false;
}

void CongestionControl::was_idle() {
  window_ = std::min(window_, std::max(halved(), options_.initial_packets * packet_size_));
}

void CongestionControl::limit_burst(std::size_t flight) {
  if (options_.burst_packets_max == 0) return;
  window_ = std::min(window_, flight + options_.burst_packets_max * packet_size_);
}

std::size_t CongestionControl::halved() const {
  return std::max(window_ / 2, threshold_packets_min * packet_size_);
}

}  // namespace pigeon::sctp
