#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "rtc/sctp/heartbeat.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"

namespace pigeon::sctp {

/// The largest packet that the path carries (RFC 8899), found by HEARTBEAT with PAD (RFC 8261
/// section 5).
///
/// Upwards: sizes between the known and the largest allowed one are probed, half-way each time, and
/// a size counts once its probe is answered. Three unanswered probes of a size mean that it is too
/// large. Ten minutes after the search has ended it begins again.
///
/// Downwards: after two timeouts in a row of data in large packets, the current size itself is
/// probed, next to a small heartbeat. If the small one is answered and three large ones are not,
/// the path has shrunk: the size falls to the next step, and what is cut from then on obeys. Chunks
/// that were sent before keep their size, because their numbers are known; each then goes out alone
/// in a packet of its old size, which the network layer may cut. If they do not get through, the
/// association fails.
class PathMtu {
 public:
  PathMtu(std::size_t packet_max, std::size_t probe_max, Random random);

  std::size_t size() const { return size_; }

  /// The association is open.
  void start(Instant now);
  void stop();
  /// Data timed out for this many times in a row.
  void data_timed_out(int times_in_row);
  /// A small heartbeat was answered while the current size was in doubt.
  void small_answered() { small_answered_ = true; }
  /// Whether the current size is being checked, for which small heartbeats are needed as well.
  bool is_in_doubt() const { return mode_ == Mode::checking; }
  /// Whether the path has shrunk since the association began.
  bool has_shrunk() const { return has_shrunk_; }

  /// The size of the probe that is due; 0 if none is.
  std::size_t due_probe() const { return is_due_ ? probe_size_ : 0; }
  /// Fills an empty packet, whose room is the probe's size.
  void write(PacketWriter& packet, Instant now, Duration rto);

  /// True if this answers the probe under way; then the size may have grown.
  bool receive_answer(BytesView info, Instant now);
  /// True if the size has fallen.
  bool handle_timeout(Instant now);
  Instant next_timeout() const { return next_; }

 private:
  enum class Mode : std::uint8_t { idle, searching, checking };

  void search(Instant now);
  void settle(Instant now);
  bool probe_lost(Instant now);

  std::size_t size_;
  std::size_t base_;
  std::size_t probe_max_;
  /// The smallest size known to be too large, or one beyond the largest allowed.
  std::size_t too_large_;
  std::size_t probe_size_ = 0;
  Mode mode_ = Mode::idle;
  bool is_due_ = false;
  bool waits_for_answer_ = false;
  bool small_answered_ = false;
  bool has_shrunk_ = false;
  int lost_count_ = 0;
  Instant next_ = Instant::max();
  HeartbeatNonce nonce_;
  Random random_;
};

}  // namespace pigeon::sctp
