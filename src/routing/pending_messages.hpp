#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "pigeon/id.hpp"

namespace pigeon::routing {

/// A message of ours that its target has not confirmed.
struct PendingMessage {
  MessageId id;
  PeerId to;
  /// As it was sent first.
  std::string text;
  /// Attempts so far.
  std::uint32_t attempts = 0;
  /// The one link that the last attempt went over and the next one avoids; nothing if it went over
  /// none or several, or if none follows.
  std::optional<PeerId> link;
};

/// Own messages that wait for their confirmation, in the order in which they are due. Bounded in
/// count and bytes; what does not fit is refused.
class PendingMessages {
 public:
  PendingMessages(std::size_t count_max, std::size_t bytes_max)
      : count_max_(count_max), bytes_max_(bytes_max) {}

  std::size_t size() const { return entries_.size(); }
  /// Whether a message with a text of so many bytes can be added.
  bool has_room(std::size_t bytes) const;
  /// Adds a message for which there is room, and whose id is not there; due `wait` from now.
  void add(PendingMessage message, Instant now, Duration wait);
  /// Removes the message if it is for `to`; false if there is no such message.
  bool remove(const MessageId& id, const PeerId& to);
  /// Takes out the messages for `to`, in the order in which they are due.
  std::vector<PendingMessage> take_all(const PeerId& to);
  /// Makes every message due whose last attempt went over this link.
  void hasten(const PeerId& link);

  /// Takes out the message that has been due for longest; nothing if none is.
  std::optional<PendingMessage> take_due(Instant now);
  /// When the next message is due; `Instant::max()` if there is none.
  Instant next_timeout() const;

 private:
  /// The number tells messages apart that are due at the same time: first come, first served.
  using Deadline = std::pair<Instant, std::uint64_t>;
  struct Entry {
    PendingMessage message;
    Instant added;
    Deadline deadline;
  };
  using Entries = std::map<MessageId, Entry>;

  PendingMessage take(Entries::iterator at);

  std::size_t count_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t next_number_ = 0;
  Entries entries_;
  std::map<Deadline, MessageId> deadlines_;
};

}  // namespace pigeon::routing
