#pragma once

#include <cstddef>

#include <boost/json/object.hpp>

namespace pigeon::bench {

/// What the command line of `rtc_own` can change.
struct OwnSettings {
  std::size_t message_bytes = 65'536;
  std::size_t mebibytes = 256;
  std::size_t count = 200;
  std::size_t seconds = 20;
  /// Payload of the longest UDP datagram.
  std::size_t datagram_bytes = 1'452;
  /// Of the bound: datagrams go and come in joined runs (UDP_SEGMENT, UDP_GRO).
  bool joins = true;
};

// Each measures one thing with both ends in this process, and tells it as `reference.mjs` does.

/// Messages in one direction.
boost::json::object own_throughput(const OwnSettings& settings);
/// Messages that the other end sends back.
boost::json::object own_round_trip(const OwnSettings& settings);
/// From nothing to an open channel.
boost::json::object own_opening(const OwnSettings& settings);
/// Pairs that say nothing.
boost::json::object own_idle(const OwnSettings& settings);
/// Pairs that say a little every second.
boost::json::object own_many(const OwnSettings& settings);
/// The bytes of `own_throughput` through our records (OpenSSL's AES-128-GCM) and UDP alone.
boost::json::object udp_bound(const OwnSettings& settings);

}  // namespace pigeon::bench
