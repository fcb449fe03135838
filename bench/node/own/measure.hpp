#pragma once

#include <cstddef>

#include <boost/json/object.hpp>

namespace pigeon::bench {

/// What the command line of `node_own` can change.
struct OwnNodeSettings {
  std::size_t count = 100'000;
  /// Copies of each message that arrive, each from another neighbor.
  std::size_t copies = 1;
  std::size_t content_bytes = 512;
  /// Messages are signed, and their signatures checked.
  bool verifies = false;
  std::size_t peers = 50;
  std::size_t idle_seconds = 20;
};

/// Broadcasts through one core with eight neighbors.
boost::json::object own_relay(const OwnNodeSettings& settings);
/// Peers in one process over real WebRTC.
boost::json::object own_mesh(const OwnNodeSettings& settings);

}  // namespace pigeon::bench
