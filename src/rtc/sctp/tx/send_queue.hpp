#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "rtc/sctp/tx/message_store.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// A piece of a message that goes into one DATA or I-DATA chunk.
struct Fragment {
  MessageIndex message = no_message;
  std::uint32_t offset = 0;
  /// Fragment sequence number (RFC 8260 section 2.1).
  std::uint32_t fsn = 0;
  std::uint16_t size = 0;
  bool is_first = false;
  bool is_last = false;
};

/// Messages that wait for their first transmission, in one queue for each stream. Streams take
/// turns: after every message, or after every fragment if messages are interleaved. The messages
/// lie in a `MessageStore`, which lives longer than the queue's entries.
class SendQueue {
 public:
  /// Puts a stored message at the end of its stream's queue.
  void push(MessageStore& store, MessageIndex index);

  /// Finds the message whose turn it is and drops those before it that have expired unsent; false
  /// if nothing waits. Call it before `current` and `cut`. Takes time in proportion to the streams
  /// that wait because enough messages have begun.
  bool prepare(MessageStore& store, Instant now);
  /// The message whose turn it is.
  MessageIndex current() const;
  /// Cuts a fragment of at most `size_max` bytes, at least 1, off the message whose turn it is. The
  /// first one gives the message its number in the stream (RFC 9260 section 6.5).
  Fragment cut(MessageStore& store, std::size_t size_max);

  /// Takes back what is left of a message in whose middle the queue is. The message stays stored.
  void discard_rest(MessageStore& store, MessageIndex index);

  /// Whether streams take turns after every fragment (RFC 8260 section 2.2.1).
  void set_interleaving(bool on) { is_interleaving_ = on; }
  /// Bytes of messages that may be begun and not finished at a time; a larger one goes alone. The
  /// peer must hold all of them until one is whole: if they fill its window, none ever is. What
  /// fits into a packet is as good as whole and may always begin.
  void set_begun_bytes_max(std::size_t size) { begun_bytes_max_ = size; }

  /// Payload bytes of a stream that were not sent even once.
  std::size_t buffered_amount(StreamId stream) const;
  /// The same of all streams.
  std::size_t buffered_amount() const { return buffered_; }
  /// `take_low_streams` reports the stream when its buffered amount falls to `amount` or below.
  void set_low_threshold(StreamId stream, std::size_t amount);
  /// The streams that fell to their threshold since the last call.
  std::vector<StreamId> take_low_streams();

  /// From now on the stream takes no messages, until `finish_reset`.
  void begin_reset(StreamId stream);
  bool is_resetting(StreamId stream) const;
  /// The peer has answered: messages are taken again. If it did reset, they are numbered from 0.
  void finish_reset(StreamId stream, bool performed);
  /// The association begins anew: drops messages that were sent in part, numbers the messages of
  /// every stream from 0, and ends all resets.
  void restart(MessageStore& store);

  bool is_empty() const { return first_active_ == nullptr; }

 private:
  struct Stream {
    StreamId id = 0;
    bool is_resetting = false;
    MessageIndex first = no_message;
    MessageIndex last = no_message;
    /// The next one that waits for its turn; only for streams with messages.
    Stream* next_active = nullptr;
    std::size_t buffered = 0;
    std::size_t low_threshold = 0;
    std::uint32_t next_ordered = 0;
    std::uint32_t next_unordered = 0;
  };

  bool may_go_on(const OutgoingMessage& message) const;
  Stream& stream_at(StreamId id);
  const Stream* find(StreamId id) const;
  void pop_message(MessageStore& store);
  void end_turn();
  void take_off(Stream& stream, std::size_t size);

  // Nodes never move, so that streams can point to each other.
  std::map<StreamId, Stream> streams_;
  Stream* first_active_ = nullptr;
  Stream* last_active_ = nullptr;
  std::size_t buffered_ = 0;
  /// Sizes of the messages of which a part has been cut off.
  std::size_t begun_bytes_ = 0;
  std::size_t begun_bytes_max_ = std::numeric_limits<std::size_t>::max();
  std::vector<StreamId> low_streams_;
  bool is_interleaving_ = false;
};

}  // namespace pigeon::sctp
