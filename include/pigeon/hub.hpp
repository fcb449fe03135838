#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pigeon/event.hpp"
#include "pigeon/options.hpp"
#include "pigeon/result.hpp"

namespace pigeon {

/// Why a hub cannot be made or started: a sentence with the cause and the next step.
struct HubFailure {
  std::string message;
};

/// Where a started hub listens.
struct HubAddress {
  std::string host;
  std::uint16_t port = 0;
};

/// What `Hub::stats` tells.
struct HubStats {
  bool running = false;
  std::size_t connections = 0;
  std::size_t peers = 0;
  std::size_t networks = 0;
  std::size_t connections_max = 0;
  std::chrono::milliseconds uptime{0};
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::string host;
  std::uint16_t port = 0;
};

/// What `Hub::peers` tells of each connected client.
struct HubPeer {
  std::string peer_id;
  std::string network;
  std::string remote_address;
  bool announced = false;
  /// Milliseconds since the Unix epoch; 0: never.
  std::int64_t connected_at_ms = 0;
  std::int64_t announced_at_ms = 0;
};

/// A signaling hub on its own threads. Every method may be called from any thread; events arrive on
/// one of the hub's threads, one at a time, and the receiver may call the hub from there, except
/// for `stop` and the destructor. It must not block: that thread serves connections, and what the
/// hub has for these, or to tell, piles up meanwhile.
class Hub {
 public:
  using OnEvent = std::function<void(const HubEvent&)>;

  /// Checks the options; an error names the field.
  static Result<Hub, HubFailure> create(HubOptions options, OnEvent on_event = {});

  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;
  Hub(Hub&&) noexcept;
  Hub& operator=(Hub&&) noexcept;
  /// Stops the hub if it runs.
  ~Hub();

  /// Binds and begins to serve. An error if the address cannot be bound, the hub has been started
  /// before, or another thread stops it meanwhile.
  Result<HubAddress, HubFailure> start();

  /// Closes every connection over the drain window, then returns; at most 10 seconds.
  void stop();

  /// Begins what `stop` does and returns at once; `HubStopped` tells the end. Safe in `OnEvent`.
  void request_stop();

  /// Reads certificate and key again; connections of before keep the old ones.
  Result<void, HubFailure> reload_certificate();

  HubStats stats() const;
  std::vector<HubPeer> peers() const;

 private:
  struct Impl;
  explicit Hub(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon
