#pragma once

#include <cstdint>

namespace pigeon::ice {

/// What an agent counts; only ever grows.
struct Stats {
  std::uint64_t checks_sent = 0;
  std::uint64_t checks_received = 0;
  std::uint64_t answers_received = 0;
  std::uint64_t consent_checks_sent = 0;
  std::uint64_t retransmissions = 0;
  std::uint64_t role_conflicts = 0;
  /// Neither STUN nor from an authenticated address.
  std::uint64_t dropped_unknown_source = 0;
  /// Looked like STUN and could not be read.
  std::uint64_t dropped_malformed = 0;
  /// Wrong user name or integrity.
  std::uint64_t dropped_unauthenticated = 0;
  /// An answer to no question of ours, or a method we do not serve.
  std::uint64_t dropped_unexpected = 0;
  /// Nobody took the datagrams that were waiting.
  std::uint64_t dropped_overflow = 0;
  /// Unresolved, TCP, another component or generation, or beyond the bound.
  std::uint64_t candidates_ignored = 0;
  /// Pairs beyond the bound.
  std::uint64_t pairs_ignored = 0;
};

}  // namespace pigeon::ice
