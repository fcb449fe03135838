#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pigeon/peer_connection.hpp"
#include "rtc/connection_router.hpp"
#include "rtc/peer_connection.hpp"
#include "runtime/timer_set.hpp"
#include "runtime/turn_stream.hpp"
#include "runtime/udp_port.hpp"

namespace pigeon::runtime {

/// A connection with what its loop keeps for it. Stays where it is until the application has let
/// go of it and its goodbyes are sent.
struct RtcConnection {
  RtcConnection(rtc::ConnectionId number, rtc::PeerConnection connection,
                pigeon::PeerConnection::OnEvent subscriber)
      : id(number), peer(std::move(connection)), on_event(std::move(subscriber)) {}

  rtc::ConnectionId id;
  rtc::PeerConnection peer;
  pigeon::PeerConnection::OnEvent on_event;

  /// Empty if it uses the shared ones.
  std::vector<std::unique_ptr<UdpPort>> own_ports;
  std::vector<std::unique_ptr<TurnStream>> streams;
  /// The port that its last datagram went to: while that is blocked, no more are made.
  UdpPort* last_port = nullptr;
  /// By which the router finds it.
  std::string ufrag;
  TimerSet::Timer timer;
  /// The wake in which it was settled last.
  std::uint64_t settled_in = 0;
  /// In the list of those to be settled.
  bool is_touched = false;
  /// In the list of a port that has no room.
  bool is_waiting = false;
  /// The application has let go of it: it is told nothing more.
  bool is_released = false;
};

}  // namespace pigeon::runtime
