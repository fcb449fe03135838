#include "hub/counters.hpp"

#include <chrono>

namespace pigeon::hub {

namespace {

constexpr auto kind_names = std::to_array<std::string_view>({
    "offer",
    "answer",
    "ice-candidate",
    "connection-rejected",
    "renegotiation-offer",
    "renegotiation-answer",
    "ice-restart-offer",
    "ice-restart-answer",
    "recovery-offer",
    "announce",
    "goodbye",
    "cleanup",
    "ping",
    "pong",
    "connected",
    "peer-discovered",
    "peer-disconnected",
    "error",
    "other",
});
static_assert(kind_names.size() == message_kind_count);

constexpr auto refusal_names = std::to_array<std::string_view>({
    "invalid_id",
    "duplicate_id",
    "connections_max",
    "request_rate",
    "message_rate",
    "byte_rate",
    "announce_rate",
    "malformed_message",
    "announce_too_large",
    "goodbye_too_large",
    "unroutable_type",
    "unknown_target",
    "foreign_namespace",
    "withheld_offer",
    "withheld_rejection",
    "held_overflow",
});
static_assert(refusal_names.size() == refusal_count);

std::int64_t second_of(Instant now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
}

}  // namespace

std::string_view to_text(MessageKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::string_view to_text(Refusal refusal) {
  return refusal_names[static_cast<std::size_t>(refusal)];
}

std::uint64_t& RateHistory::slot(Instant now) {
  const std::int64_t second = second_of(now);
  const auto index = static_cast<std::size_t>(second) % seconds;
  if (stamps_[index] != second) {
    stamps_[index] = second;
    counts_[index] = 0;
  }
  return counts_[index];
}

double RateHistory::per_second(Instant now) const {
  constexpr std::int64_t window = 3;
  const std::int64_t current = second_of(now);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < seconds; ++i) {
    if (stamps_[i] < current && stamps_[i] >= current - window) sum += counts_[i];
  }
  return static_cast<double>(sum) / static_cast<double>(window);
}

}  // namespace pigeon::hub
