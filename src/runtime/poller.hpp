#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <sys/epoll.h>

#include "base/time.hpp"
#include "net/file_descriptor.hpp"
#include "pigeon/result.hpp"

namespace pigeon::runtime {

/// Names a watched descriptor; never used again for another one, so that nothing told about a
/// closed one is taken for news of its successor.
enum class WatchId : std::uint64_t {};

/// Waits for descriptors and for an instant (epoll with a timer in it).
class Poller {
 public:
  enum class Interest : std::uint8_t { read, write, both };
  struct Ready {
    WatchId id{};
    bool is_readable = false;
    bool is_writable = false;
  };

  /// The error is what the system says.
  static Result<Poller, std::string> create();

  /// Readable when `wait` would return at once.
  int descriptor() const { return epoll_.number(); }

  /// False if the system does not let us watch more.
  [[nodiscard]] bool add(int descriptor, WatchId id, Interest interest);
  void change(int descriptor, WatchId id, Interest interest);
  // A descriptor that is closed is not watched any more.

  /// Has `wait` return at this instant at the latest. The earliest of several counts, until one
  /// has passed.
  void wake_at(Instant instant);
  /// What is ready, after at most this time. Valid until the next call.
  std::span<const Ready> wait(std::chrono::microseconds wait_max);

 private:
  static constexpr std::size_t ready_count_max = 256;

  Poller(net::FileDescriptor epoll, net::FileDescriptor timer)
      : epoll_(std::move(epoll)), timer_(std::move(timer)) {}

  net::FileDescriptor epoll_;
  net::FileDescriptor timer_;
  Instant armed_for_ = Instant::max();
  std::array<epoll_event, ready_count_max> events_{};
  std::array<Ready, ready_count_max> ready_{};
};

}  // namespace pigeon::runtime
