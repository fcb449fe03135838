#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pigeon/result.hpp"

namespace pigeon {

class PeerConnection;

namespace runtime {
class RtcDriver;
}

/// Why a loop or a connection cannot be made: a sentence with the cause and the next step.
struct RtcFailure {
  std::string message;
};

/// On which addresses the connections of a loop can be reached.
struct RtcLoopOptions {
  /// Numeric addresses of this machine, of IPv4 or IPv6. None: those of all interfaces, but for
  /// loopback and link-local ones. They are bound when the first connection is made.
  std::vector<std::string> addresses{};
  /// Without `addresses`: those of loopback, too. Only programs on this machine reach them, and no
  /// browser offers them.
  bool use_loopback = false;
  /// The UDP port of shared sockets; 0 lets the system choose one for each address.
  std::uint16_t port = 0;
  /// One UDP socket per address serves all connections: for servers with thousands of them, or
  /// behind a firewall with one port open. Whatever is no STUN is told apart by where it comes
  /// from, so that two connections must not lead to the same socket of another loop, nor to each
  /// other. Those with a TURN server over UDP have sockets of their own all the same: the server,
  /// too, tells clients apart by their address.
  bool shares_sockets = false;
};

/// What a loop and its connections have done so far.
struct RtcLoopStats {
  std::size_t connections = 0;
  std::uint64_t datagrams_sent = 0;
  std::uint64_t datagrams_received = 0;
  /// On shared sockets, for no connection here.
  std::uint64_t datagrams_unroutable = 0;
  /// Times that a socket had no room.
  std::uint64_t send_blocked = 0;
};

/// Carries any number of `PeerConnection`s on the thread that calls it: it has none of its own. The
/// loop and its connections belong to one thread at a time.
///
/// Either call `run_once` again and again, or watch `descriptor` in another loop.
class RtcLoop {
 public:
  /// Makes the certificate of all connections.
  static Result<RtcLoop, RtcFailure> create(const RtcLoopOptions& options = {});

  RtcLoop(const RtcLoop&) = delete;
  RtcLoop& operator=(const RtcLoop&) = delete;
  RtcLoop(RtcLoop&&) noexcept;
  RtcLoop& operator=(RtcLoop&&) noexcept;
  /// Closes the connections that are left; they tell no more. Not in one of their events.
  ~RtcLoop();

  /// Readable when `run_once` has something to do, for poll(2) and its kin (level-triggered).
  int descriptor() const;

  /// Waits until there is something to do, but not longer than `wait_max`, and does a bounded
  /// amount of it: the same for each connection, so that none keeps the others waiting. What the
  /// connections have to tell they tell in here. Does nothing if called in one of their events.
  void run_once(std::chrono::microseconds wait_max);

  RtcLoopStats stats() const;

 private:
  friend class PeerConnection;
  explicit RtcLoop(std::shared_ptr<runtime::RtcDriver> driver);

  std::shared_ptr<runtime::RtcDriver> driver_;
};

}  // namespace pigeon
