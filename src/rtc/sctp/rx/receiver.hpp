#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/reconfig_chunk.hpp"
#include "rtc/sctp/rx/data_tracker.hpp"
#include "rtc/sctp/rx/reassembly.hpp"

namespace pigeon::sctp {

struct ReceiverOptions {
  ReassemblyOptions reassembly;
  DataTrackerOptions tracker;
  /// Bytes that may be held before the other side has to wait; fragments that fill gaps may take
  /// three times as much. At least twice the largest message.
  std::uint32_t window_bytes = 1'048'576;
};

/// What has come, in numbers.
struct ReceiverCounters {
  std::uint64_t fragments = 0;
  std::uint64_t duplicates = 0;
  /// Fragments for which there was no room, or which were too far ahead.
  std::uint64_t refused = 0;
  std::uint64_t messages = 0;
};

/// The receiving half of an association: DATA in, SACKs and messages out. The association gives it
/// each chunk about data of a packet, then calls `end_packet`, then sends a SACK if one is due.
class Receiver {
 public:
  /// `initial_tsn` is the first that the other side sends.
  Receiver(WireTsn initial_tsn, const ReceiverOptions& options);

  /// Takes a DATA or I-DATA chunk. Only `no_user_data`, `message_too_big` and `violation` end the
  /// association.
  Receipt receive(const DataChunk& chunk);
  /// Takes a FORWARD-TSN (RFC 3758 section 3.6) or I-FORWARD-TSN (RFC 8260 section 2.3.1). False if
  /// it is not of the kind that was agreed upon.
  [[nodiscard]] bool forward(const ForwardTsnChunk& chunk);
  [[nodiscard]] bool forward(const IForwardTsnChunk& chunk);
  /// The other side begins anew on some of its streams (RFC 6525 section 5.2.2): `performed`, or
  /// `in_progress` until its last TSN has come. A later request replaces one that waits.
  ReconfigResult reset_streams(const OutgoingResetRequest& request);
  /// A reset that has just been performed: its streams, all if there are none. Messages that are
  /// ready by then came before it.
  std::optional<std::vector<StreamId>> take_reset();

  /// The packet is over; it had DATA.
  void end_packet(Now now) { tracker_.end_packet(now); }
  bool sack_due() const { return tracker_.sack_due(); }
  /// When `handle_timeout` has work: the delay of a SACK. `Instant::max()` if never.
  Instant next_timeout() const { return tracker_.next_timeout(); }
  void handle_timeout(Now now) { tracker_.handle_timeout(now); }
  /// Writes a SACK; false if there is no room for one.
  [[nodiscard]] bool write_sack(PacketWriter& packet);

  /// The next message for the application. A SACK becomes due if that opens a window that was
  /// nearly closed (RFC 9260 section 6.2).
  std::optional<ReceivedMessage> pop();
  bool has_message() const { return reassembly_.has_message(); }

  /// For SHUTDOWN (RFC 9260 section 9.2).
  WireTsn cumulative_tsn() const { return static_cast<WireTsn>(tracker_.cumulative()); }
  /// Bytes that the next SACK offers.
  std::uint32_t window() const;
  std::size_t buffered_bytes() const { return reassembly_.buffered_bytes(); }
  const ReceiverCounters& counters() const { return counters_; }

 private:
  struct PendingReset {
    Tsn last_tsn;
    std::vector<StreamId> streams;
  };

  bool has_room(Tsn tsn) const;
  bool has_window_opened() const;
  void perform_reset_if_due();

  ReceiverOptions options_;
  DataTracker tracker_;
  Reassembly reassembly_;
  std::uint32_t offered_window_;
  std::optional<PendingReset> pending_reset_;
  std::optional<std::vector<StreamId>> performed_reset_;
  ReceiverCounters counters_;
};

}  // namespace pigeon::sctp
