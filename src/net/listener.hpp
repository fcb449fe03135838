#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/ip_address.hpp"
#include "net/file_descriptor.hpp"

namespace pigeon::net {

/// Accepts connections from one listening socket of an event loop. Must outlive the run of the
/// loop.
class Listener {
 public:
  using OnAccept = std::function<void(FileDescriptor socket, const IpAddress& address)>;
  /// Called when no connection can be accepted for want of descriptors or memory; accepting goes on
  /// after a pause.
  using OnShortage = std::function<void(int error)>;

  Listener(boost::asio::io_context& loop, FileDescriptor socket, OnAccept on_accept,
           OnShortage on_shortage);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() = default;

  void start() { wait(); }
  /// Closes the socket; from the loop's thread.
  void stop();

 private:
  void wait();
  void pause();
  void accept_waiting();

  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> socket_;
  boost::asio::steady_timer pause_;
  OnAccept on_accept_;
  OnShortage on_shortage_;
  bool is_stopped_ = false;
};

}  // namespace pigeon::net
