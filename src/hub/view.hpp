#pragma once

#include <cstdint>
#include <string>

#include "base/random.hpp"
#include "base/time.hpp"
#include "hub/counters.hpp"
#include "hub/peer_table.hpp"
#include "hub/roster.hpp"
#include "pigeon/options.hpp"

namespace pigeon::hub {

/// What reports about a hub are made from, at one moment.
struct View {
  const HubOptions& options;
  const PeerTable& peers;
  const Networks& networks;
  const Counters& counters;
  /// This hub's own id, new at each start.
  const PeerId& hub_id;
  Now started;
  Now now;
  bool is_draining = false;

  Duration uptime() const { return now.monotonic - started.monotonic; }
};

}  // namespace pigeon::hub
