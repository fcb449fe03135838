#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "rtc/ice/pair.hpp"

namespace pigeon::ice {

/// RFC 8445 section 6.1.2.3, from the priorities of both candidates.
std::uint64_t pair_priority(std::uint32_t controlling, std::uint32_t controlled);

/// Whether two addresses of this kind can reach each other at all: one family, loopback with
/// loopback only, and so for IPv6 link-local (RFC 8445 section 6.1.2.2).
bool can_pair(const IpAddress& local, const IpAddress& remote);

/// The pairs of an agent, at most `pairs_max`, with the queue of triggered checks
/// (RFC 8445 sections 6.1.2 and 6.1.4.1). Pointers to pairs are valid until the next `add` or
/// `drop_...`.
class CheckList {
 public:
  explicit CheckList(std::size_t pairs_max) : pairs_max_(pairs_max) {}

  /// Puts in a pair; id and priority are set here. If the list is full, the pair with the lowest
  /// priority of those that are not valid gives way; null if that would be this one.
  Pair* add(Pair pair, Role role);
  Pair* find(PairId id);
  Pair* find(const AddressPair& path, std::uint32_t generation);
  const Pair* find(PairId id) const;
  /// Of any generation, with whom the other agent has authenticated itself or answered.
  bool accepts_data_from(const AddressPair& path) const;

  std::span<Pair> pairs() { return pairs_; }
  std::span<const Pair> pairs() const { return pairs_; }

  /// The pair goes to the end of the queue, unless it is there.
  void trigger(Pair& pair);
  /// Takes the first pair out of the queue; null if there is none.
  Pair* pop_triggered();
  bool has_triggered() const { return !triggered_.empty(); }
  /// The waiting pair of the highest priority; null if there is none.
  Pair* best_waiting();
  bool has(PairState state, std::uint32_t generation) const;
  std::size_t valid_count(std::uint32_t generation) const;
  /// True if a pair that is still to be decided would be preferred to this one.
  bool better_pending(const Pair& pair) const;

  /// Priorities depend on the role.
  void update_priorities(Role role);
  /// One pair is nominated at a time.
  void nominate(Pair& pair, Now now);

  /// Forgets the pairs of this generation that are not valid.
  void drop_invalid(std::uint32_t generation);
  void drop_generations_before(std::uint32_t generation);
  void drop_local(const SocketAddress& local);
  void clear();

 private:
  Pair* make_room(std::uint64_t priority);

  std::size_t pairs_max_;
  PairId next_id_ = 1;
  std::vector<Pair> pairs_;
  /// May name pairs that are gone.
  std::deque<PairId> triggered_;
};

}  // namespace pigeon::ice
