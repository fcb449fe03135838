#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "membership/membership.hpp"

namespace pigeon::membership {

/// An id by its first two bytes, with the rest zero.
constexpr PeerId peer_id(std::uint8_t first, std::uint8_t second = 1) {
  std::array<std::uint8_t, PeerId::byte_count> bytes{};
  bytes[0] = first;
  bytes[1] = second;
  return PeerId(bytes);
}

/// Nearly the greatest id, so that the calls are ours: 0x00 to 0x7f are bucket 0, 0x80 to 0xbf
/// bucket 1, 0xc0 to 0xdf bucket 2, 0xe0 to 0xef bucket 3; 0xf8 is in bucket 4 and greater.
inline constexpr PeerId great_self = peer_id(0xf0, 0);
/// Nearly the least: others call.
inline constexpr PeerId small_self = peer_id(0x00, 0);

/// A `Membership` with a clock, and its actions in lists.
class MembershipUnderTest {
 public:
  explicit MembershipUnderTest(const PeerId& self = great_self,
                               const MembershipOptions& membership_options = {},
                               std::uint64_t seed = 1)
      : options(membership_options), membership(self, options, Random::from_number(seed)) {
    now.monotonic = Instant{} + 1h;
  }

  void set_links_max(std::size_t count) {
    options.links_max = count;
    membership.set_options(options);
  }
  void set_links_min(std::size_t count) {
    options.links_min = count;
    membership.set_options(options);
  }

  bool discover(const PeerId& peer, bool is_capable = true) {
    return membership.discover({peer, 0}, is_capable, now);
  }
  OfferDecision offer(const PeerId& from, bool is_capable = true) {
    return membership.judge_offer({from, 0}, is_capable, now);
  }
  /// An offer of the peer leads to a link.
  void accept(const PeerId& from, bool is_capable = true) {
    offer(from, is_capable);
    membership.link_opened(from, now);
  }
  void lose(const PeerId& peer, LossReason reason) { membership.link_lost(peer, reason, now); }

  /// Carries out what is wanted now: who is to be called. Evictions are kept in `evicted`.
  std::vector<PeerId> calls() {
    std::vector<PeerId> called;
    for (const Action& action : membership.take_actions(now)) {
      if (const auto* dial = std::get_if<Dial>(&action)) called.push_back(dial->peer);
      if (const auto* evict = std::get_if<Evict>(&action)) evicted.push_back(*evict);
    }
    return called;
  }
  /// The same over a time, at each `next_timeout`.
  std::vector<PeerId> calls_within(Duration time) {
    std::vector<PeerId> called;
    const Instant end = now.monotonic + time;
    for (;;) {
      for (const PeerId& peer : calls()) called.push_back(peer);
      const Instant next = membership.next_timeout();
      if (next > end) break;
      now.monotonic = next;
    }
    now.monotonic = end;
    return called;
  }
  /// Over a time every call succeeds at once.
  std::vector<PeerId> links_within(Duration time) {
    std::vector<PeerId> linked;
    const Instant end = now.monotonic + time;
    for (;;) {
      for (const PeerId& peer : calls()) {
        membership.link_opened(peer, now);
        linked.push_back(peer);
      }
      const Instant next = membership.next_timeout();
      if (next > end) break;
      now.monotonic = next;
    }
    now.monotonic = end;
    return linked;
  }
  std::vector<PeerId> evicted_peers() const {
    std::vector<PeerId> peers;
    for (const Evict& one : evicted) peers.push_back(one.peer);
    return peers;
  }
  std::optional<Membership::State> state(const PeerId& peer) const {
    const auto found = membership.find(peer);
    if (!found) return std::nullopt;
    return found->state;
  }

  MembershipOptions options;
  Membership membership;
  Now now;
  std::vector<Evict> evicted;
};

}  // namespace pigeon::membership
