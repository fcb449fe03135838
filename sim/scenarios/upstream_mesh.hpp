#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "pigeon/options.hpp"

namespace pigeon::sim {

/// Peers of the published 1.1.3 that join one after another.
struct UpstreamMeshScenario {
  std::uint64_t seed = 1;
  std::size_t peer_count = 40;
  std::size_t links_max = 3;
  Duration join_interval = 300ms;
  Duration settle_time = 20s;
  /// The hub restarts before the peer of that number joins; 0: never.
  std::size_t restart_before = 0;
  /// Peers that vanish after the mesh has settled, each as a killed process; then it settles again.
  std::size_t killed_count = 0;
  HubOptions hub = {};
};

/// What came out.
struct UpstreamMeshResult {
  /// Mean share of the peers that hear a broadcast, 0 to 1.
  double mean_reach = 0;
  std::size_t isolated_count = 0;
  std::size_t component_count = 0;
  double mean_links = 0;
  std::uint64_t hub_messages = 0;
  std::uint64_t trace_hash = 0;
};

UpstreamMeshResult run(const UpstreamMeshScenario& scenario);

}  // namespace pigeon::sim
