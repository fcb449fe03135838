#pragma once

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "pigeon/result.hpp"

namespace pigeon::runtime {

/// One event loop and the thread that runs it.
class EventLoop {
 public:
  /// The error is what the system says.
  static Result<std::unique_ptr<EventLoop>, std::string> create();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  /// Ends the thread. Not from the thread itself.
  ~EventLoop();

  /// Starts the thread. It takes no signals: these are the application's.
  Result<void, std::string> start();
  /// Has the thread end after the handler that it is in. From any thread.
  void stop() { context_.stop(); }
  /// Waits for the thread to end.
  void join();

  /// Has the thread call the task. From any thread.
  template <class Task>
  void post(Task task) {
    boost::asio::post(context_, std::move(task));
  }
  boost::asio::io_context& context() { return context_; }

 private:
  EventLoop();

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace pigeon::runtime
