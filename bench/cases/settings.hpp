#pragma once

#include <cstddef>

#include "bench/load/report.hpp"
#include "bench/load/server.hpp"

namespace pigeon::bench {

/// What the command line can change.
struct Settings {
  Programs programs;
  /// Repetitions of each measurement of time; the median is shown.
  std::size_t repetitions = 5;
  /// Length of one measurement of routing, in seconds.
  double seconds = 1.5;
  /// Connections of the idle test, and peers of the announce test.
  std::size_t connections = 10'000;
  /// Peers that announce to upstream's server, whose cost grows with the square.
  std::size_t upstream_peers = 500;
  /// Messages under way at a time in the routing test.
  std::size_t window = 64;
  /// Messages that a client sends in a row in the routing test.
  std::size_t burst = 1;
  /// Offers a second in the routing test; 0: as fast as the window allows.
  double rate = 0;
  std::size_t message_bytes = 1'000;
};

/// From starting the program to serving, and what it needs with nobody there.
void measure_start(const Settings& settings, Report& report);
/// The price of a routed offer: blind relay, hub, upstream.
void measure_routing(const Settings& settings, Report& report);
/// The same when each client sends many in a row, as an offer and its candidates.
void measure_bursts(const Settings& settings, Report& report);
/// Memory of connections that do nothing.
void measure_idle(const Settings& settings, Report& report);
/// Messages that joining a large namespace causes.
void measure_announce(const Settings& settings, Report& report);
/// What a client that never reads costs the hub and the others.
void measure_slow_reader(const Settings& settings, Report& report);

}  // namespace pigeon::bench
