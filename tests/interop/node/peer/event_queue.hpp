#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

#include "pigeon/node_event.hpp"

namespace pigeon::interop {

/// Carries events from the node's thread to the one that waits for `descriptor`.
class EventQueue {
 public:
  EventQueue() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;
  ~EventQueue() { ::close(descriptor_); }

  void push(NodeEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    (void)::eventfd_write(descriptor_, 1);
  }

  /// Everything that has come since, in order.
  std::vector<NodeEvent> take() {
    const std::lock_guard lock(mutex_);
    eventfd_t ignored = 0;
    (void)::eventfd_read(descriptor_, &ignored);
    return std::exchange(events_, {});
  }

  /// Readable while there is something to take.
  int descriptor() const { return descriptor_; }

 private:
  std::mutex mutex_;
  std::vector<NodeEvent> events_;
  int descriptor_;
};

}  // namespace pigeon::interop
