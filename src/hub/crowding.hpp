#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "hub/counters.hpp"
#include "hub/outbox.hpp"

namespace pigeon::hub {

/// Tells the application of clients that limits of connections have refused: `HubClientsRefused`,
/// at most once in 10 s for each limit, so that a crowd at the door does not fill the log.
class Crowding {
 public:
  void report(const Counters& counters, Instant now, Outbox& out);

 private:
  struct Limit {
    /// As in the metrics.
    std::string_view name;
    std::uint64_t told = 0;
    std::optional<Instant> told_at;
  };

  std::array<Limit, 3> limits_{{{.name = "connections_max"},
                                {.name = "connections_per_address"},
                                {.name = "connects_per_address"}}};
};

}  // namespace pigeon::hub
