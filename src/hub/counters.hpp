#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "base/time.hpp"

namespace pigeon::hub {

/// What a message is, for counting. The signals have the order of `wire::SignalType`.
enum class MessageKind : std::uint8_t {
  offer,
  answer,
  ice_candidate,
  connection_rejected,
  renegotiation_offer,
  renegotiation_answer,
  ice_restart_offer,
  ice_restart_answer,
  recovery_offer,
  announce,
  goodbye,
  cleanup,
  ping,
  pong,
  connected,
  peer_discovered,
  peer_disconnected,
  error,
  other,
};
inline constexpr std::size_t message_kind_count = static_cast<std::size_t>(MessageKind::other) + 1;

/// The name on the wire; `other` for all that have none.
std::string_view to_text(MessageKind kind);

/// Why something a client wanted was not done.
enum class Refusal : std::uint8_t {
  invalid_id,
  duplicate_id,
  connections_max,
  request_rate,
  message_rate,
  byte_rate,
  announce_rate,
  malformed_message,
  announce_too_large,
  goodbye_too_large,
  unroutable_type,
  unknown_target,
  foreign_namespace,
  withheld_offer,
  withheld_rejection,
  held_overflow,
};
inline constexpr std::size_t refusal_count = static_cast<std::size_t>(Refusal::held_overflow) + 1;

/// The name in metrics and status.
std::string_view to_text(Refusal refusal);

/// Messages of the last seconds, for the rates that people look at.
class RateHistory {
 public:
  void count(Instant now) { ++slot(now); }
  /// Mean per second over the last full seconds.
  double per_second(Instant now) const;

 private:
  static constexpr std::size_t seconds = 8;
  std::uint64_t& slot(Instant now);

  std::array<std::uint64_t, seconds> counts_{};
  std::array<std::int64_t, seconds> stamps_{};
};

/// What a hub has done since its start.
struct Counters {
  void received(MessageKind kind, Instant now) {
    ++in[static_cast<std::size_t>(kind)];
    in_rate.count(now);
  }
  void sent(MessageKind kind, Instant now) {
    ++out[static_cast<std::size_t>(kind)];
    out_rate.count(now);
  }
  void refused(Refusal refusal) { ++refusals[static_cast<std::size_t>(refusal)]; }

  std::array<std::uint64_t, message_kind_count> in{};
  std::array<std::uint64_t, message_kind_count> out{};
  std::array<std::uint64_t, refusal_count> refusals{};
  /// What the driver's limits refused. Its names are few and constant.
  std::map<std::string_view, std::uint64_t> driver_refusals;
  RateHistory in_rate;
  RateHistory out_rate;
  std::uint64_t connections_opened = 0;
  std::uint64_t requests = 0;
  std::uint64_t buffered_bytes = 0;
  std::uint64_t resident_bytes = 0;
};

}  // namespace pigeon::hub
