#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/time.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Place of a message in a `MessageStore`.
using MessageIndex = std::uint32_t;
inline constexpr MessageIndex no_message = std::numeric_limits<MessageIndex>::max();

/// A user message on its way out, held in one piece until the peer has all of it.
struct OutgoingMessage {
  Bytes payload;
  /// When it is no longer worth sending (RFC 7496 section 4.1: timed reliability).
  Instant expires = Instant::max();
  /// How often a fragment may be sent again (RFC 7496 section 4.2); none: without end.
  std::optional<std::uint16_t> max_retransmits;
  StreamId stream = 0;
  Ppid ppid = Ppid::binary;
  bool ordered = true;
  /// Given up (RFC 3758 section 3.5); nothing of it is sent any more.
  bool is_abandoned = false;
  /// True once the last fragment has been cut off.
  bool is_cut = false;

  /// Stream sequence number or message identifier, known once the first fragment was cut off.
  std::uint32_t number = 0;
  /// Bytes and fragments cut off so far.
  std::uint32_t cut_size = 0;
  std::uint32_t fragment_count = 0;
  /// Numbers of the first and the last fragment sent so far.
  Tsn first_tsn = 0;
  Tsn last_tsn = 0;
  /// Fragments that the peer has not acknowledged cumulatively.
  std::uint32_t outstanding_count = 0;
  /// The one behind it in the queue of its stream, or in the list of free places.
  MessageIndex next = no_message;

  /// Bytes not cut off yet.
  std::size_t remaining() const { return payload.size() - cut_size; }
};

/// Messages by a small number that stays the same while they live. Places are used again, so a
/// steady flow allocates nothing but the payloads, which come from the application.
class MessageStore {
 public:
  /// What a message counts against the bound of the send buffer: without its own share, a flood of
  /// tiny messages would take many times the bound.
  static std::size_t cost(const OutgoingMessage& message) {
    return message.payload.size() + sizeof(OutgoingMessage);
  }

  MessageIndex add(OutgoingMessage message) {
    byte_count_ += cost(message);
    ++live_count_;
    if (first_free_ == no_message) {
      places_.push_back(std::move(message));
      return static_cast<MessageIndex>(places_.size() - 1);
    }
    const MessageIndex index = first_free_;
    first_free_ = places_[index].next;
    places_[index] = std::move(message);
    places_[index].next = no_message;
    return index;
  }

  void remove(MessageIndex index) {
    OutgoingMessage& message = (*this)[index];
    byte_count_ -= cost(message);
    --live_count_;
    message.payload = Bytes();
    message.next = first_free_;
    first_free_ = index;
  }

  OutgoingMessage& operator[](MessageIndex index) {
    PIGEON_ASSERT(index < places_.size());
    return places_[index];
  }
  const OutgoingMessage& operator[](MessageIndex index) const {
    PIGEON_ASSERT(index < places_.size());
    return places_[index];
  }

  /// The costs of all messages together.
  std::size_t byte_count() const { return byte_count_; }
  std::size_t size() const { return live_count_; }

  /// Gives the memory of the places back if no message lives.
  void release_memory() {
    if (live_count_ != 0) return;
    places_ = {};
    first_free_ = no_message;
  }

 private:
  std::vector<OutgoingMessage> places_;
  MessageIndex first_free_ = no_message;
  std::size_t live_count_ = 0;
  std::size_t byte_count_ = 0;
};

}  // namespace pigeon::sctp
