#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "net/clock.hpp"
#include "net/datagram_buffer.hpp"
#include "pigeon/result.hpp"
#include "pigeon/rtc_loop.hpp"
#include "rtc/connection_router.hpp"
#include "runtime/ice_servers.hpp"
#include "runtime/poller.hpp"
#include "runtime/rtc_connection.hpp"
#include "runtime/timer_set.hpp"

namespace pigeon::runtime {

/// Drives connections with sockets and the clock, all on the caller's thread. A wake reads what has
/// arrived, hands it and the time to the connections, and settles those that were touched: tells
/// what they have to tell, and sends what they have to send.
class RtcDriver {
 public:
  static Result<std::shared_ptr<RtcDriver>, std::string> create(const RtcLoopOptions& options);
  RtcDriver(const RtcDriver&) = delete;
  RtcDriver& operator=(const RtcDriver&) = delete;
  ~RtcDriver() = default;

  int descriptor();
  /// One wake.
  void run_once(std::chrono::microseconds wait_max);
  RtcLoopStats stats() const;
  /// Closes all connections. Nothing is told any more.
  void close();

  /// The connection lives until it is released. The error is a sentence.
  Result<RtcConnection*, std::string> connect(const PeerConnectionOptions& options,
                                              pigeon::PeerConnection::OnEvent on_event);
  /// Closes a connection and forgets it once its goodbyes are sent.
  void release(RtcConnection& connection);

  /// A call of the application. What follows from it is done in the next wake, or in this one.
  template <class Call>
  auto call(RtcConnection& connection, Call call) {
    touch(connection);
    return call(connection.peer, net::read_clock());
  }

 private:
  /// What a watched descriptor is.
  struct Watched {
    UdpPort* port = nullptr;
    TurnStream* stream = nullptr;
    /// Null for shared ports.
    RtcConnection* connection = nullptr;
  };
  struct IdHash {
    std::size_t operator()(rtc::ConnectionId id) const { return static_cast<std::size_t>(id); }
    std::size_t operator()(WatchId id) const { return static_cast<std::size_t>(id); }
  };

  /// What one connection may send in one wake, give or take a datagram.
  static constexpr std::size_t batch_bytes_max = std::size_t{256} << 10U;

  RtcDriver(RtcLoopOptions options, Poller poller);

  // rtc_driver.cpp
  void serve(const Poller::Ready& ready);
  void run_timers();
  void touch(RtcConnection& connection);
  void set_alarm();
  void settle_touched();
  void settle(RtcConnection& connection);
  bool tell(RtcConnection& connection);
  template <class OneEvent>
  void act(RtcConnection& connection, OneEvent& event);
  void follow_ufrag(RtcConnection& connection);
  void remove(RtcConnection& connection);
  RtcConnection* find(rtc::ConnectionId id);

  // rtc_driver_datagrams.cpp
  void receive(UdpPort& port, RtcConnection* owner);
  RtcConnection* route(const net::DatagramBuffer::Datagram& datagram);
  void deliver(RtcConnection& connection, const net::DatagramBuffer::Datagram& datagram,
               bool is_shared, Now now);
  bool transmit(RtcConnection& connection);
  bool is_held_back(RtcConnection& connection);
  void send(RtcConnection& connection);
  void send_to(RtcConnection& connection, const SocketAddress& local, DatagramBatch& batch);
  static void wait_for_room(RtcConnection& connection, UdpPort& port);
  void resume(UdpPort& port);
  UdpPort* find_port(RtcConnection& connection, const SocketAddress& local);

  // rtc_driver_streams.cpp
  void open_stream(RtcConnection& connection, const rtc::TcpConnect& wish);
  void write_stream(RtcConnection& connection, const rtc::TcpSend& wish);
  void close_stream(RtcConnection& connection, std::uint32_t number);
  void serve_stream(RtcConnection& connection, TurnStream& stream, const Poller::Ready& ready);
  bool advance_stream(RtcConnection& connection, TurnStream& stream, const Poller::Ready& ready);
  static bool read_stream(RtcConnection& connection, TurnStream& stream);
  void lose_stream(RtcConnection& connection, std::uint32_t number);
  void watch_stream(const TurnStream& stream);
  static TurnStream* find_stream(RtcConnection& connection, std::uint32_t number);

  // rtc_driver_connect.cpp
  std::vector<IpAddress> local_addresses() const;
  Result<std::vector<std::unique_ptr<UdpPort>>, std::string> bind_ports(std::uint16_t port,
                                                                        RtcConnection* owner);
  Result<void, std::string> bind_shared_ports();
  std::unique_ptr<RtcConnection> make_connection(const PeerConnectionOptions& options,
                                                 const ResolvedServers& servers,
                                                 pigeon::PeerConnection::OnEvent on_event);
  void renew_certificate(Now now);
  WatchId next_watch() { return WatchId{next_watch_++}; }

  RtcLoopOptions options_;
  Poller poller_;
  Random random_;
  rtc::ConnectionRouter router_;
  dtls::Certificate certificate_;
  Instant certificate_made_at_;

  boost::unordered_flat_map<rtc::ConnectionId, std::unique_ptr<RtcConnection>, IdHash> connections_;
  boost::unordered_flat_map<WatchId, Watched, IdHash> watched_;
  std::vector<std::unique_ptr<UdpPort>> shared_ports_;
  TimerSet timers_;
  std::uint32_t next_connection_ = 1;
  std::uint64_t next_watch_ = 1;

  /// To be settled in this wake, or in the next if none is on.
  std::vector<rtc::ConnectionId> touched_;
  /// To be settled in the next wake.
  std::vector<rtc::ConnectionId> touched_again_;
  std::vector<rtc::ConnectionId> due_;
  std::uint64_t wake_ = 0;
  bool is_running_ = false;
  /// Somebody else may be waiting for the descriptor.
  bool is_observed_ = false;

  net::DatagramBuffer buffer_;
  DatagramBatch batch_;
  /// The part of a mixed batch that is for one port.
  DatagramBatch part_;
  /// Of ports that are closed.
  net::UdpCounters past_;
};

}  // namespace pigeon::runtime
