#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "pigeon/node_event.hpp"

namespace peerpigeon {

/// An event, and which of the program's nodes it came to.
struct Arrival {
  std::size_t node = 0;
  pigeon::NodeEvent event;
  /// When it came.
  std::chrono::steady_clock::time_point at{};
};

/// Carries events from the thread of nodes to that of the program. Bounded: while as much waits as
/// may, messages and data are dropped and counted; what happens to links and hubs always gets in.
class Inbox {
 public:
  static constexpr std::size_t count_max = 16'384;
  static constexpr std::size_t bytes_max = std::size_t{64} << 20U;

  Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox();

  /// From any thread.
  void push(Arrival arrival);

  /// The oldest event, if there is one.
  std::optional<Arrival> take();
  /// Readable while events wait, for poll(2).
  int descriptor() const { return descriptor_; }
  /// How many were dropped since the last call.
  std::size_t take_dropped();

 private:
  std::mutex mutex_;
  std::deque<Arrival> waiting_;
  std::size_t bytes_ = 0;
  std::size_t dropped_ = 0;
  int descriptor_ = -1;
};

}  // namespace peerpigeon
