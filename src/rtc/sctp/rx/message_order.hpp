#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

#include "rtc/sctp/rx/received_message.hpp"

namespace pigeon::sctp {

/// Brings the ordered messages of one stream into their order. Numbers are those of the wire (SSN
/// or MID); `bits` is how many bits they have.
class MessageOrder {
 public:
  explicit MessageOrder(unsigned bits) : mask_((std::uint64_t{1} << bits) - 1), next_(mask_ + 1) {}

  /// Distance of a number from the next one to be delivered; negative if that has passed it. Half
  /// of the numbers count as passed.
  std::int64_t distance(std::uint32_t number) const;

  /// A number that has not passed, counted on in 64 bits; 0 if it has passed.
  std::uint64_t unwrap(std::uint32_t number) const;

  /// Takes a whole message and moves what may be delivered to the end of `ready`. False if its
  /// number has passed or another message waits with it.
  [[nodiscard]] bool add(std::uint32_t number, ReceivedMessage message,
                         std::deque<ReceivedMessage>& ready);
  /// No message up to `number` will come any more. Those of them that are here are delivered, and
  /// so is what waited behind. A number that has passed changes nothing.
  void skip(std::uint32_t number, std::deque<ReceivedMessage>& ready);
  /// What waits, as it counts against the window.
  std::size_t waiting_cost() const;

 private:
  void deliver_next(std::deque<ReceivedMessage>& ready);

  std::uint64_t mask_;
  // Counted on in 64 bits from one turn of the numbers, so that 0 is none of them.
  std::uint64_t next_;
  std::map<std::uint64_t, ReceivedMessage> waiting_;
};

}  // namespace pigeon::sctp
