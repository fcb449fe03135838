#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "pigeon/node_event.hpp"

namespace peerpigeon {

/// Why a stream is broken off for want of room. If it is sent again, it goes on where it stopped.
inline constexpr std::string_view overrun_reason = "it came faster than it was stored";

/// An event, and which of the program's nodes it came to.
struct Arrival {
  std::size_t node = 0;
  pigeon::NodeEvent event;
  /// When it came.
  std::chrono::steady_clock::time_point at{};
  /// The inbox has broken off this stream for want of room: the node has to be told.
  bool is_overrun = false;
};

/// Carries events from the thread of nodes to that of the program. Bounded: while as much waits as
/// may, messages and news are dropped and counted. Files have room of their own; when it is full,
/// the incoming streams of the peer that fills most of it are broken off, and nobody else's. What
/// becomes of links, hubs and what we have sent always gets in.
class Inbox {
 public:
  struct Room {
    std::size_t message_bytes_max = std::size_t{64} << 20U;
    std::size_t stream_bytes_max = std::size_t{64} << 20U;
  };

  explicit Inbox(const Room& room);
  Inbox() : Inbox(Room()) {}
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox();

  /// From any thread.
  void push(Arrival arrival);

  /// The oldest event, if there is one.
  std::optional<Arrival> take();
  /// Readable while events wait, for poll(2).
  int descriptor() const { return descriptor_; }
  /// How many were dropped since the last call; data of streams that were broken off not included.
  std::size_t take_dropped();

 private:
  using Sender = std::pair<std::size_t, pigeon::PeerId>;
  using Stream = std::pair<std::size_t, pigeon::StreamId>;

  bool admit(const Arrival& arrival);
  void pass_over(const Stream& stream, const pigeon::NodeEvent& event);
  void break_off(const Sender& sender);

  Room room_;
  std::mutex mutex_;
  std::deque<Arrival> waiting_;
  std::size_t message_bytes_ = 0;
  std::size_t stream_bytes_ = 0;
  /// What waits of the streams of each peer; never 0.
  std::map<Sender, std::size_t> stream_bytes_of_;
  /// Broken off, and not taken yet: what else comes of them goes. Whether anybody has heard of
  /// them.
  std::map<Stream, bool> overrun_;
  std::size_t dropped_ = 0;
  int descriptor_ = -1;
};

}  // namespace peerpigeon
