#include "runtime/event_loop.hpp"

#include <csignal>
#include <exception>

namespace pigeon::runtime {

namespace {
/// One thread runs each loop, which lets Asio do without some locks.
constexpr int one_thread = 1;
}  // namespace

EventLoop::EventLoop() : context_(one_thread), work_(context_.get_executor()) {}

Result<std::unique_ptr<EventLoop>, std::string> EventLoop::create() {
  // Asio reports the want of descriptors for a loop only by an exception.
  try {
    return std::unique_ptr<EventLoop>(new EventLoop);
  } catch (const std::exception& error) {
    return Unexpected<std::string>(error.what());
  }
}

EventLoop::~EventLoop() {
  stop();
  join();
}

Result<void, std::string> EventLoop::start() {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  Result<void, std::string> result;
  try {
    thread_ = std::thread([this] { context_.run(); });
  } catch (const std::exception& error) {
    result = Unexpected<std::string>(error.what());
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return result;
}

void EventLoop::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace pigeon::runtime
