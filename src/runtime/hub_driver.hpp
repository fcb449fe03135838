#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "net/listening_socket.hpp"
#include "net/tls_context.hpp"
#include "pigeon/hub.hpp"
#include "pigeon/result.hpp"
#include "runtime/driver_share.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/hub_loop.hpp"
#include "runtime/memory_keeper.hpp"

namespace pigeon::runtime {

/// A hub core on event loops of this process: from the first socket to the last thread.
class HubDriver {
 public:
  /// Reads the certificate and binds. The options have been checked.
  static Result<std::unique_ptr<HubDriver>, HubFailure> create(HubOptions options,
                                                               Hub::OnEvent on_event);
  HubDriver(const HubDriver&) = delete;
  HubDriver& operator=(const HubDriver&) = delete;
  /// Stops.
  // NOLINTNEXTLINE(bugprone-exception-escape): a thread that cannot be joined is a bug of ours.
  ~HubDriver();

  /// Begins to serve; once. An error if it has been stopped before; then the driver is of no use.
  Result<void, HubFailure> run();
  HubAddress address() const;
  /// Refuses WebSockets from now on, closes every connection over the drain window, stops the
  /// loops. A successor that takes the port meanwhile gets all newcomers. At the latest after 9
  /// seconds everything is dropped.
  void request_stop();
  /// Does the same and waits for the end. Not from `OnEvent`.
  void stop();
  /// Connections of before keep the old files.
  Result<void, HubFailure> reload_certificate();

  HubStats stats() const;
  std::vector<HubPeer> peers() const { return share_.monitor.peers(); }

 private:
  struct Parts;
  HubDriver(Parts parts, Hub::OnEvent on_event);

  HubLoop::Calls calls();
  HubLoop& first_loop() { return *loops_.front(); }

  // On the first loop's thread.
  void begin();
  void tick();
  void report();
  void report_shortage(int error);
  void begin_drain();
  void await_successor();
  void close_loops();
  void drop_all();
  void finish();

  Hub::OnEvent on_event_;
  DriverShare share_;
  std::vector<std::unique_ptr<EventLoop>> event_loops_;
  std::vector<net::PortClaim> claims_;
  std::vector<std::unique_ptr<HubLoop>> loops_;
  boost::asio::steady_timer tick_timer_;
  boost::asio::steady_timer drop_timer_;
  boost::asio::steady_timer successor_timer_;
  std::size_t emptied_count_ = 0;
  MemoryKeeper memory_keeper_;
  Instant shortage_reported_{};
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_running_{false};
  // Held while threads are started and joined.
  std::mutex threads_mutex_;
};

}  // namespace pigeon::runtime
