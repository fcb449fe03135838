#include "hub/crowding.hpp"

#include <chrono>
#include <string>

namespace pigeon::hub {

namespace {

constexpr std::chrono::seconds report_time{10};

/// The driver refuses the hopeless by itself, and the core those to whom it can tell the cause.
std::uint64_t refused(const Counters& counters, std::string_view limit) {
  const auto of_driver = [&](std::string_view name) {
    const auto found = counters.driver_refusals.find(name);
    return found == counters.driver_refusals.end() ? 0 : found->second;
  };
  if (limit != to_text(Refusal::connections_max)) return of_driver(limit);
  return counters.refusals[static_cast<std::size_t>(Refusal::connections_max)] +
         of_driver("connections");
}

}  // namespace

void Crowding::report(const Counters& counters, Instant now, Outbox& out) {
  for (Limit& limit : limits_) {
    const std::uint64_t count = refused(counters, limit.name);
    if (count == limit.told || (limit.told_at && now < *limit.told_at + report_time)) continue;
    out.emit(HubClientsRefused{std::string(limit.name), count - limit.told});
    limit.told = count;
    limit.told_at = now;
  }
}

}  // namespace pigeon::hub
