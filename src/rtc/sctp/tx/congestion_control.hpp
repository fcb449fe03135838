#pragma once

#include <cstddef>
#include <cstdint>

#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

struct CongestionOptions {
  /// Packets that may be sent before the first acknowledgement (RFC 6928).
  std::size_t initial_packets = 10;
  /// How much above the bytes in flight the window may be when new data goes out, in packets: what
  /// bounds a burst (RFC 9260 section 6.1, rule D). 0 for none: acknowledgements come in batches
  /// from sockets that read in batches, and the RFC's 4 would stall those.
  std::size_t burst_packets_max = 0;
};

/// How many bytes may be in flight (RFC 9260 section 7.2).
class CongestionControl {
 public:
  /// `packet_size`: user data of a full packet (PMDCS).
  CongestionControl(CongestionOptions options, std::size_t packet_size);

  /// The largest packet has changed (section 7.2.1: also the increments).
  void set_packet_size(std::size_t size) { packet_size_ = size; }

  /// What a SACK said.
  struct Acked {
    /// Newly acknowledged bytes, cumulatively or by gap blocks.
    std::size_t bytes = 0;
    /// Bytes in flight before it came.
    std::size_t flight_before = 0;
    /// Whether the cumulative acknowledgement has moved.
    bool advanced = false;
    Tsn cumulative = 0;
    /// Whether nothing is outstanding any more.
    bool all_acked = false;
  };
  void acked(const Acked& acked);

  /// Chunks are missing. True if that begins a fast recovery, which lasts until `highest_sent` is
  /// acknowledged (section 7.2.4).
  bool lost(Tsn highest_sent);
  /// The retransmission timer has expired (section 7.2.3).
  void timed_out();
  /// Nothing was sent for a whole timeout (section 7.2.1).
  void was_idle();

  bool in_fast_recovery() const { return in_recovery_; }
  /// Whether another packet may go out on top of these bytes in flight. The last may go over the
  /// window by less than its size (section 6.1, rule B).
  bool may_send(std::size_t flight) const { return flight < window_; }
  /// Applies the bound of bursts before new data goes out.
  void limit_burst(std::size_t flight);

  std::size_t window() const { return window_; }
  std::size_t threshold() const { return threshold_; }

 private:
  std::size_t halved() const;

  CongestionOptions options_;
  std::size_t packet_size_;
  std::size_t window_;
  std::size_t threshold_;
  std::size_t partial_bytes_acked_ = 0;
  Tsn recovery_end_ = 0;
  bool in_recovery_ = false;
};

}  // namespace pigeon::sctp
