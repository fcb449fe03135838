#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "rtc/peer_connection.hpp"
#include "sim/engine/datagram_network.hpp"
#include "sim/engine/scheduler.hpp"

namespace pigeon::sim {

/// A connection on a simulated host: carries its datagrams, lets its time pass, and hands its
/// events to whoever plays the application.
class RtcPeer {
 public:
  using OnEvent = std::function<void(rtc::Event& event)>;

  RtcPeer(rtc::Configuration configuration, const std::vector<SocketAddress>& addresses,
          DatagramNetwork& network, Scheduler& scheduler, Random random);
  RtcPeer(const RtcPeer&) = delete;
  RtcPeer& operator=(const RtcPeer&) = delete;
  ~RtcPeer();

  void set_on_event(OnEvent on_event) { on_event_ = std::move(on_event); }

  /// For calls of the application; `settle` afterwards.
  rtc::PeerConnection& connection() { return connection_; }
  const rtc::PeerConnection& connection() const { return connection_; }

  /// Carries out what follows from calls: events, datagrams, the next timeout.
  void settle();
  /// The host gets other addresses in place of its own, as when a device changes the network.
  void move_to(const std::vector<SocketAddress>& addresses);

 private:
  void bind(const std::vector<SocketAddress>& addresses);
  void wake();

  DatagramNetwork& network_;
  Scheduler& scheduler_;
  std::vector<SocketAddress> addresses_;
  rtc::PeerConnection connection_;
  OnEvent on_event_;
  DatagramBatch batch_;
  Instant wakes_at_ = Instant::max();
  bool is_settling_ = false;
  /// Scheduled wakes outlive the peer; they ask this first.
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace pigeon::sim
