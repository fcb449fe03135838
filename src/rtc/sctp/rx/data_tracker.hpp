#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

struct DataTrackerOptions {
  /// How long data may wait for its SACK (RFC 9260 section 6.2: at most 500 ms).
  Duration sack_delay = 200ms;
  /// Ranges of TSNs beyond the first gap. A TSN that would begin one more is refused.
  std::size_t range_count_max = 1'024;
  /// Duplicates that a SACK reports; more of them are not remembered.
  std::size_t duplicate_count_max = 20;
};

/// Knows which TSNs have come, and when the other side is to hear of it (RFC 9260 section 6.2).
class DataTracker {
 public:
  /// `initial_tsn` is the first that the other side sends.
  explicit DataTracker(WireTsn initial_tsn, DataTrackerOptions options = {});

  enum class Arrival {
    fresh,
    duplicate,
    /// Too far ahead for a SACK to name it, or one range too many.
    out_of_bounds,
  };

  /// A TSN off the wire counted on from the cumulative one.
  Tsn unwrap(WireTsn tsn) const { return unwrapper_.peek(tsn); }
  /// What a TSN is. Changes nothing.
  Arrival classify(Tsn tsn) const;
  /// Takes a fresh TSN in.
  void add(Tsn tsn);
  /// Remembers a duplicate for the next SACK, which becomes due.
  void add_duplicate(Tsn tsn);
  /// The other side has given up everything up to `tsn` (RFC 3758 section 3.6). False if that is
  /// nothing new; a SACK becomes due either way.
  bool forward(Tsn tsn);

  /// The last TSN before the first gap.
  Tsn cumulative() const { return cumulative_; }
  /// The highest TSN that has come.
  Tsn highest() const { return ranges_.empty() ? cumulative_ : ranges_.back().last; }

  /// To be called once for each packet with DATA, after its last chunk: every second one makes a
  /// SACK due, another one begins the delay.
  void end_packet(Now now);
  /// Makes a SACK due now: the sender asked for it, or something was refused.
  void request_sack() { sack_due_ = true; }
  bool sack_due() const { return sack_due_; }
  /// End of the delay; `Instant::max()` if nothing waits.
  Instant next_timeout() const { return delayed_until_; }
  void handle_timeout(Now now);
  /// Writes a SACK with as many gap blocks, then duplicates, as fit; false if there is no room for
  /// one. `window` is what the receiver still takes, in bytes.
  [[nodiscard]] bool write_sack(std::uint32_t window, PacketWriter& packet);

 private:
  /// Both ends included.
  struct Range {
    Tsn first;
    Tsn last;
  };

  std::size_t first_range_not_before(Tsn tsn) const;
  void add_beyond_gap(Tsn tsn);
  void advance(Tsn tsn);

  DataTrackerOptions options_;
  Unwrapper<WireTsn> unwrapper_;
  Tsn cumulative_;
  /// Ascending, with gaps between them and before the first.
  std::vector<Range> ranges_;
  std::vector<WireTsn> duplicates_;
  std::vector<GapBlock> gap_blocks_;
  bool sack_due_ = false;
  Instant delayed_until_ = Instant::max();
};

}  // namespace pigeon::sctp
