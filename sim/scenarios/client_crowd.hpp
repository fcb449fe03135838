#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "pigeon/options.hpp"

namespace pigeon::sim {

/// Many scripted clients on one hub for a while: they join, announce in one of several namespaces,
/// send each other signals, fall silent, leave with and without a word, and come back.
struct ClientCrowdScenario {
  std::uint64_t seed = 1;
  std::size_t client_count = 1'000;
  std::size_t network_count = 3;
  Duration duration = 60s;
  HubOptions hub = {};
};

/// What came out.
struct ClientCrowdResult {
  std::uint64_t trace_hash = 0;
  std::uint64_t hub_messages = 0;
  std::uint64_t signals_sent = 0;
  std::uint64_t signals_arrived = 0;
  /// Broken promises of the hub, in words; empty if all is well.
  std::vector<std::string> violations;
};

ClientCrowdResult run(const ClientCrowdScenario& scenario);

}  // namespace pigeon::sim
