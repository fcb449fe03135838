#include "runtime/poller.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include <sys/timerfd.h>
#include <unistd.h>

namespace pigeon::runtime {

namespace {

constexpr std::uint64_t timer_id = std::numeric_limits<std::uint64_t>::max();

std::uint32_t events_of(Poller::Interest interest) {
  switch (interest) {
    case Poller::Interest::read:
      return EPOLLIN;
    case Poller::Interest::write:
      return EPOLLOUT;
    case Poller::Interest::both:
      return EPOLLIN | EPOLLOUT;
  }
  return 0;
}

bool control(int epoll, int operation, int descriptor, std::uint64_t id, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return ::epoll_ctl(epoll, operation, descriptor, &event) == 0;
}

timespec to_timespec(Instant instant) {
  const auto since = instant.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  timespec result{};
  result.tv_sec = seconds.count();
  result.tv_nsec = std::chrono::nanoseconds(since - seconds).count();
  return result;
}

int to_poll_ms(std::chrono::microseconds wait_max) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(
      std::clamp<std::chrono::microseconds>(wait_max, 0s, std::chrono::hours(24)));
  return static_cast<int>(ms.count());
}

}  // namespace

Result<Poller, std::string> Poller::create() {
  net::FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_open()) return Unexpected<std::string>(std::strerror(errno));
  net::FileDescriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer.is_open() ||
      !control(epoll.number(), EPOLL_CTL_ADD, timer.number(), timer_id, EPOLLIN)) {
    return Unexpected<std::string>(std::strerror(errno));
  }
  return Poller(std::move(epoll), std::move(timer));
}

bool Poller::add(int descriptor, WatchId id, Interest interest) {
  return control(epoll_.number(), EPOLL_CTL_ADD, descriptor, static_cast<std::uint64_t>(id),
                 events_of(interest));
}

void Poller::change(int descriptor, WatchId id, Interest interest) {
  control(epoll_.number(), EPOLL_CTL_MOD, descriptor, static_cast<std::uint64_t>(id),
          events_of(interest));
}

void Poller::wake_at(Instant instant) {
  // A later instant waits until the earlier one has passed: most deadlines move on and never come.
  if (instant >= armed_for_) return;
  armed_for_ = instant;
  itimerspec setting{};
  // All zeros would disarm the timer.
  setting.it_value = to_timespec(std::max(instant, Instant(1us)));
  ::timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

std::span<const Poller::Ready> Poller::wait(std::chrono::microseconds wait_max) {
  const int count = ::epoll_wait(epoll_.number(), events_.data(), static_cast<int>(events_.size()),
                                 to_poll_ms(wait_max));
  std::size_t used = 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.u64 == timer_id) {
      std::uint64_t expirations = 0;
      if (::read(timer_.number(), &expirations, sizeof expirations) > 0) {
        armed_for_ = Instant::max();
      }
      continue;
    }
    // A failed socket says so when it is read or written.
    const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    ready_[used++] = {WatchId{event.data.u64}, failed || (event.events & EPOLLIN) != 0,
                      failed || (event.events & EPOLLOUT) != 0};
  }
  return std::span<const Ready>(ready_).first(used);
}

}  // namespace pigeon::runtime
