#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"
#include "rtc/sctp/tx/congestion_control.hpp"
#include "rtc/sctp/tx/message_store.hpp"
#include "rtc/sctp/tx/outstanding_data.hpp"
#include "rtc/sctp/tx/rtt_estimator.hpp"
#include "rtc/sctp/tx/send_queue.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

struct DataSenderOptions {
  RtoOptions rto;
  CongestionOptions congestion;
  /// Bytes of messages held, sent or not, with a small share for each message; beyond, messages are
  /// refused.
  std::size_t buffer_max = std::size_t{16} << 20U;
};

/// What was negotiated about data on its way out.
struct DataSenderFeatures {
  /// I-DATA instead of DATA (RFC 8260).
  bool interleaving = false;
  /// FORWARD-TSN (RFC 3758) or I-FORWARD-TSN.
  bool partial_reliability = false;
};

struct DataSenderCounters {
  std::uint64_t chunks_sent = 0;
  std::uint64_t chunks_resent = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t fast_recoveries = 0;
  std::uint64_t stale_sacks = 0;
  std::uint64_t invalid_sacks = 0;
};

/// The sending half of an association: messages in, chunks out, SACKs in.
class DataSender {
 public:
  /// `packet_max`: the largest packet, common header included.
  DataSender(DataSenderOptions options, Tsn first, std::size_t packet_max);

  /// Whether a message of this size may be pushed.
  bool has_room(std::size_t size) const;
  void push(OutgoingMessage message);

  void set_features(DataSenderFeatures features);
  /// From the peer's INIT or INIT-ACK.
  void set_peer_window(std::size_t bytes);
  /// The largest packet has changed; fragments cut from now on obey it.
  void set_packet_max(std::size_t size);

  /// Whether `write` will probably append data.
  bool may_write() const;
  /// Appends what may go out now: FORWARD-TSN, then what was lost, then new data.
  void write(PacketWriter& packet, Instant now);
  /// The size of a packet with the lost chunk that comes next, if that is larger than the largest
  /// packet, because the latter has shrunk; else 0. Such a chunk cannot be cut: its number is known
  /// to the peer (RFC 9260 section 6.9).
  std::size_t oversized_packet(Instant now);

  /// What a valid SACK, or the cumulative acknowledgement of a SHUTDOWN, said.
  struct Progress {
    SackFault fault = SackFault::none;
    /// The peer is alive and takes data or has said that it cannot (RFC 9260 section 6.1, rule A).
    bool is_alive = false;
  };
  Progress receive_sack(const SackChunk& sack, Instant now);
  Progress receive_cumulative(WireTsn cumulative, Instant now);

  /// True if the retransmission timer has expired and that counts as a failure of the peer.
  bool handle_timeout(Instant now);
  Instant next_timeout() const { return retransmit_at_; }

  /// Nothing waits and nothing is unacknowledged.
  bool is_drained() const { return queue_.is_empty() && outstanding_.is_empty(); }
  Tsn next_tsn() const { return outstanding_.next(); }
  /// The highest one up to which the peer has everything.
  Tsn cumulative_tsn() const { return outstanding_.cumulative(); }

  /// The association begins anew: what was sent in part is dropped, the rest stays.
  void restart(Tsn first);
  /// Gives memory back that a burst needed. For times of quiet.
  void release_memory();

  SendQueue& queue() { return queue_; }
  const SendQueue& queue() const { return queue_; }
  const RttEstimator& rtt() const { return rtt_; }
  RttEstimator& rtt() { return rtt_; }
  const CongestionControl& congestion() const { return congestion_; }
  const DataSenderCounters& counters() const { return counters_; }
  std::size_t flight() const { return outstanding_.flight(); }
  std::size_t peer_window() const { return peer_window_; }
  std::size_t held_bytes() const { return store_.byte_count(); }
  std::size_t outstanding_count() const { return outstanding_.size(); }

 private:
  std::size_t header_size() const;
  std::size_t payload_max() const { return packet_max_ - packet_header_size - header_size(); }
  void write_forward_tsn(PacketWriter& packet, Instant now);
  void write_lost(PacketWriter& packet, Instant now);
  void write_new(PacketWriter& packet, Instant now);
  bool write_fragment(PacketWriter& packet, std::size_t size_max, Instant now);
  bool append_chunk(PacketWriter& packet, Tsn tsn, bool immediate);
  bool window_allows(std::size_t chunk_size) const;
  bool should_ask_for_sack() const;
  Progress take_in(Tsn cumulative, const std::optional<ItemList<GapBlock>>& gaps, Instant now);
  void restart_timer(Instant now);
  /// The peer takes data again: what probed its closed window was refused and goes out once more,
  /// as otherwise a timeout that has grown long would have to pass first.
  void window_opened(Instant now);

  DataSenderOptions options_;
  MessageStore store_;
  SendQueue queue_;
  OutstandingData outstanding_;
  CongestionControl congestion_;
  RttEstimator rtt_;
  RttProbe probe_;
  DataSenderFeatures features_;
  DataSenderCounters counters_;
  std::size_t packet_max_;
  std::size_t peer_window_ = 0;
  Instant retransmit_at_ = Instant::max();
  Instant last_sent_ = Instant::max();
  /// One packet of lost chunks may go out whatever the window is (RFC 9260 section 7.2.4).
  bool fast_retransmit_due_ = false;
  bool forward_tsn_due_ = false;
  /// Up to where the peer was told last to move on, and when it may be told again.
  Tsn forwarded_ = 0;
  Instant forward_again_at_{};
  /// Messages given up that a FORWARD-TSN has been made due for.
  std::uint64_t abandoned_noted_ = 0;
  std::vector<AbandonedStream> abandoned_streams_;
};

}  // namespace pigeon::sctp
