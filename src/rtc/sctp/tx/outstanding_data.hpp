#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"
#include "rtc/sctp/tx/message_store.hpp"
#include "rtc/sctp/tx/send_queue.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// The highest message that the peer shall skip in a stream (RFC 3758 section 3.2, RFC 8260
/// section 2.3.1).
struct AbandonedStream {
  StreamId stream = 0;
  bool ordered = true;
  std::uint32_t number = 0;
};

enum class SackFault : std::uint8_t {
  none,
  /// Older than one that came before, which reordering explains.
  stale,
  /// It acknowledges what was never sent, or its blocks are not in order.
  invalid,
};

/// The fragments that were sent and not acknowledged cumulatively, in a ring of small records: the
/// bytes stay in their messages. A SACK costs time in proportion to these records at most.
class OutstandingData {
 public:
  struct Record {
    MessageIndex message = no_message;
    std::uint32_t offset = 0;
    std::uint32_t fsn = 0;
    std::uint16_t size = 0;
    std::uint16_t retransmits = 0;
    /// Low bits of the TSN that was next when this was last sent.
    std::uint32_t next_when_sent = 0;
    enum class State : std::uint8_t { in_flight, acked, lost, abandoned } state = State::in_flight;
    std::uint8_t misses = 0;
    bool is_first = false;
    bool is_last = false;
  };

  struct SackResult {
    SackFault fault = SackFault::none;
    bool advanced = false;
    /// Fragments were found lost by missing three times.
    bool found_lost = false;
    /// Whether the record at `watched` was acknowledged by this SACK.
    bool watched_acked = false;
    std::size_t acked_bytes = 0;
  };

  /// `first`: the first TSN to be used. `header_size`: of a data chunk; counts as in flight, since
  /// windows full of tiny chunks would otherwise be windows full of headers.
  OutstandingData(Tsn first, std::size_t header_size) : base_(first), header_size_(header_size) {}

  void set_header_size(std::size_t size) { header_size_ = size; }
  /// Size of a full packet, which says how many packets a SACK speaks of.
  void set_packet_size(std::size_t size) { packet_size_ = size; }
  /// Whether the peer can be told to skip what was given up; if not, every message is reliable.
  void set_partial_reliability(bool on) { may_abandon_ = on; }

  /// Gives a fragment its TSN.
  Tsn add(MessageStore& store, const Fragment& fragment);

  /// Takes in a SACK, or a SHUTDOWN, which has nothing `reported` and so says nothing about what
  /// lies beyond `cumulative` (RFC 9260 section 3.3.8). `in_recovery`: whether fast recovery is on.
  /// `watched`: see `SackResult`.
  SackResult receive_sack(MessageStore& store, SendQueue& queue, Tsn cumulative,
                          const std::optional<ItemList<GapBlock>>& reported, bool in_recovery,
                          std::optional<Tsn> watched, Instant now);

  /// Everything in flight counts as lost: the timer has expired.
  void lose_all(MessageStore& store, SendQueue& queue, Instant now);

  /// The first fragment to be sent again; nothing if there is none. Gives up messages that are no
  /// longer worth it.
  std::optional<Tsn> next_lost(MessageStore& store, SendQueue& queue, Instant now);
  /// The fragment goes out again.
  void resend(Tsn tsn);

  /// Gives up a message of which something was sent (RFC 3758 section 3.5). No effect if the peer
  /// does not know about that.
  void abandon(MessageStore& store, SendQueue& queue, MessageIndex index);
  bool may_abandon() const { return may_abandon_; }

  /// The record of a TSN between `cumulative` and `next`.
  const Record& record(Tsn tsn) const;

  /// The TSN up to which the peer may move on without what was given up (RFC 3758 section 3.5, C1),
  /// and the streams that are affected, at most `streams_max`. Equal to `cumulative` if none.
  Tsn advanced_point(const MessageStore& store, std::size_t streams_max,
                     std::vector<AbandonedStream>& streams) const;

  /// Bytes in flight, chunk headers included.
  std::size_t flight() const { return flight_; }
  /// The highest TSN that the peer has acknowledged cumulatively.
  Tsn cumulative() const { return base_ - 1; }
  Tsn next() const { return base_ + count_; }
  bool is_empty() const { return count_ == 0; }
  bool has_lost() const { return lost_count_ != 0; }
  /// Whether what the peer lacks next was given up.
  bool front_abandoned() const;
  std::size_t size() const { return count_; }
  /// Messages given up so far.
  std::uint64_t abandoned_count() const { return abandoned_count_; }

  /// The association begins anew: forgets all records, and drops their messages, also what was not
  /// cut off them.
  void drop_all(MessageStore& store, SendQueue& queue);
  /// Gives the memory back if nothing is outstanding.
  void release_memory();

 private:
  using State = Record::State;

  Record& at(Tsn tsn) { return ring_[tsn & (ring_.size() - 1)]; }
  const Record& at(Tsn tsn) const { return ring_[tsn & (ring_.size() - 1)]; }
  std::size_t chunk_size(const Record& record) const { return record.size + header_size_; }
  void grow();
  void acknowledge_front(MessageStore& store, Tsn cumulative, SackResult& result);
  Tsn acknowledge_ranges(const ItemList<GapBlock>& ranges, SackResult& result);
  void renege(Tsn from, Tsn until);
  void count_misses(MessageStore& store, SendQueue& queue, Tsn until, bool count_all, Instant now,
                    SackResult& result);
  /// The fragment is lost: it will be sent again, or its message is given up.
  void lose(MessageStore& store, SendQueue& queue, Tsn tsn, Instant now);
  void mark_abandoned(Record& record);
  static bool is_worth_resending(const OutgoingMessage& message, const Record& record, Instant now);
  bool are_sound(Tsn cumulative, const ItemList<GapBlock>& ranges) const;

  std::vector<Record> ring_;
  Tsn base_;
  std::size_t count_ = 0;
  std::size_t header_size_;
  std::size_t packet_size_ = 1'160;
  std::size_t flight_ = 0;
  std::size_t lost_count_ = 0;
  std::size_t acked_count_ = 0;
  /// No record before this one is lost.
  Tsn lost_hint_ = 0;
  std::uint64_t abandoned_count_ = 0;
  bool may_abandon_ = false;
};

}  // namespace pigeon::sctp
