#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "hub/output.hpp"
#include "net/file_descriptor.hpp"
#include "net/listener.hpp"
#include "net/tls_context.hpp"
#include "runtime/connection_table.hpp"
#include "runtime/driver_share.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/hub_monitor.hpp"
#include "runtime/loop_services.hpp"

namespace pigeon::runtime {

/// One event loop of a hub with its listening sockets and its connections. After `start` everything
/// is to be called on the loop's thread, except for `post`.
class HubLoop {
 public:
  /// What a loop asks of its driver. Called on the loop's thread.
  struct Calls {
    /// These loops have something to do.
    std::function<void(const std::vector<std::size_t>&)> wake;
    /// An event for the application. Only at the first loop.
    std::function<void(const HubEvent&)> emit;
    /// Every connection has been told to close. Only at the first loop.
    std::function<void()> drained;
    /// The loop has been closed and its last connection has ended.
    std::function<void()> emptied;
    /// No connection can be accepted; the system's number for the cause.
    std::function<void(int)> short_of_descriptors;
  };

  HubLoop(EventLoop& loop, DriverShare& share, std::size_t index,
          std::optional<net::TlsContext> tls, std::vector<net::FileDescriptor> listening,
          Calls calls);

  /// Begins to accept connections.
  void start();
  /// Has the loop's thread call the task.
  template <class Task>
  void post(Task task) {
    loop_.post(std::move(task));
  }

  /// Takes the mailbox.
  void take_mail();
  /// Gives the core an input.
  void tell(const hub::Input& input);
  /// For connections from now on.
  void use_certificate(const net::TlsContext& tls) { tls_ = tls; }
  /// Accepts no more.
  void stop_listening();
  /// Accepts no more and ends idle connections; `emptied` follows.
  void close();
  /// Ends all connections at once.
  void drop_all();

 private:
  void accept(net::FileDescriptor socket, const IpAddress& address);
  void add(net::FileDescriptor socket, const IpAddress& address, std::optional<Refused> refused);
  void refuse(net::FileDescriptor socket, const IpAddress& address, Refused reason);
  void begin_turn();
  void finish_turn(bool woken = false);
  void exchange(bool woken);
  void wake_others();
  void tell_closed();
  void resume();
  void carry_out(std::vector<hub::Output>& outputs);
  void carry_out(hub::SendText& text);
  void carry_out(hub::SendPing& ping);
  void carry_out(hub::CloseConnection& close);
  void carry_out(hub::SendResponse& response);
  void carry_out(hub::Emit& emit) const { calls_.emit(emit.event); }
  void carry_out(hub::Drained& /*drained*/) const { calls_.drained(); }
  void flush();
  void bury();
  void serve_deadlines();
  void arm_deadline_timer();
  void arm_core_timer(Instant at);

  EventLoop& loop_;
  std::size_t index_;
  Calls calls_;
  LoopServices services_;
  ConnectionTable connections_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::optional<net::TlsContext> tls_;
  // Memory that is used again in each turn.
  HubMonitor::Handover handover_;
  std::vector<Connection*> flushing_;
  boost::asio::steady_timer deadline_timer_;
  boost::asio::steady_timer core_timer_;
  Instant deadline_armed_ = Instant::max();
  std::size_t refused_count_ = 0;
  bool is_waking_ = false;
  bool is_closed_ = false;
  bool is_emptied_ = false;
};

}  // namespace pigeon::runtime
