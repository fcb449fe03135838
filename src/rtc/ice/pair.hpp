#pragma once

#include <cstdint>
#include <optional>

#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/candidate.hpp"

namespace pigeon::ice {

/// Names a pair; never used twice by one agent.
using PairId = std::uint32_t;

/// RFC 8445 section 6.1.2.6, without `frozen`: with one component there is little to freeze.
enum class PairState : std::uint8_t { waiting, in_progress, succeeded, failed };

/// Which agent nominates (RFC 8445 section 6.1.1).
enum class Role : std::uint8_t { controlling, controlled };

/// A local and a remote candidate, known by the way a datagram takes between them. What the RFC
/// calls a valid pair is one in the state `succeeded`, since both have the same base.
struct Pair {
  PairId id = 0;
  /// Counts the restarts before it.
  std::uint32_t generation = 0;
  /// Of which our credentials are that the other agent uses on it: one that restarts may use those
  /// from before until it has our new ones, and Chromium stays with them on that path.
  std::uint32_t local_generation = 0;
  /// The base, or the relayed address, and the remote candidate's address.
  AddressPair path;
  CandidateType local_type{};
  std::uint32_t local_priority = 0;
  CandidateType remote_type{};
  std::uint32_t remote_priority = 0;
  /// RFC 8445 section 6.1.2.3.
  std::uint64_t priority = 0;

  PairState state = PairState::waiting;
  /// Waits in the triggered-check queue.
  bool triggered = false;
  /// The other agent has proven over it that it knows our password.
  bool authenticated = false;
  bool nominated = false;
  /// The other agent has nominated it before it succeeded (RFC 8445 section 7.3.1.5).
  bool nominate_on_success = false;
  Instant nominated_at{};
  Instant failed_at{};

  /// Where the other agent sees us.
  std::optional<SocketAddress> mapped;
  std::optional<Duration> round_trip;
  Instant answered_at{};
  /// When the first check since the last answer was sent; never if none is open.
  Instant unanswered_since = Instant::max();
  /// When consent is checked next.
  Instant consent_at = Instant::max();

  bool valid() const { return state == PairState::succeeded; }
  bool relayed() const {
    return local_type == CandidateType::relayed || remote_type == CandidateType::relayed;
  }
};

}  // namespace pigeon::ice
