#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/random.hpp"
#include "pigeon/options.hpp"
#include "runtime/admissions.hpp"
#include "runtime/byte_budget.hpp"
#include "runtime/hub_monitor.hpp"
#include "runtime/refusals.hpp"

namespace pigeon::runtime {

/// What all loops of a hub share.
struct DriverShare {
  /// Connections beyond the hub's maximum that may be open: the core tells the surplus clients why,
  /// and HTTP goes on.
  static constexpr std::size_t spare_connections = 64;

  DriverShare(const HubOptions& chosen, hub::Hub core, Random random, std::size_t loop_count)
      : options(chosen),
        monitor(std::move(core),
                {.loop_count = loop_count,
                 .mailbox_bytes_max = chosen.limits.buffered_bytes_max / loop_count},
                refusals),
        admissions({.connections_max = chosen.limits.connections_max + spare_connections,
                    .per_address_max = chosen.limits.connections_per_address_max,
                    .connects_per_address = chosen.limits.connects_per_address,
                    .addresses_max = chosen.limits.addresses_max},
                   std::move(random)),
        budget(chosen.limits.buffered_bytes_max) {}

  /// What the core is to know of the driver now.
  hub::DriverReport report() {
    return {.buffered_bytes = budget.used(),
            .resident_bytes = resident_bytes,
            .refused = refusals.take()};
  }

  const HubOptions options;  // NOLINT(readability-identifier-naming): public, not a class's own.
  RefusalCounts refusals;
  HubMonitor monitor;
  Admissions admissions;
  ByteBudget budget;
  /// As last measured.
  std::atomic<std::uint64_t> resident_bytes{0};
  std::atomic<bool> is_draining{false};
};

}  // namespace pigeon::runtime
