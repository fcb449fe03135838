#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "net/tls_client_context.hpp"
#include "pigeon/result.hpp"
#include "pigeon/rtc_loop.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/mailbox.hpp"
#include "suite/answerer.hpp"

namespace pigeon::runtime {

class NodeDriver;

/// A thread that carries any number of nodes: their hub sockets on an event loop, and in it the
/// loop of their WebRTC connections.
class NodeLoop {
 public:
  /// Starts the thread. The error is a sentence with the cause and the next step.
  static Result<std::shared_ptr<NodeLoop>, std::string> create(const RtcLoopOptions& addresses);
  NodeLoop(const NodeLoop&) = delete;
  NodeLoop& operator=(const NodeLoop&) = delete;
  /// Waits until the nodes that were closed have said their goodbyes. Not from the thread itself.
  // NOLINTNEXTLINE(bugprone-exception-escape): a thread that cannot be joined is a bug of ours.
  ~NodeLoop();

  bool is_this_thread() const { return Mailbox::of_this_thread() == mailbox_; }

  /// Has the loop's thread make the call, between two of its own tasks, and waits for the result.
  template <class Call>
  auto run(Call call) {
    using Value = std::invoke_result_t<Call>;
    if (is_this_thread()) return call();
    if constexpr (std::is_void_v<Value>) {
      run_there(call);
    } else {
      std::optional<Value> value;
      run_there([&] { value.emplace(call()); });
      return *std::move(value);
    }
  }
  /// The same, but the call gets a function that says when to stop waiting. Not from the loop's
  /// thread.
  void run_until_told(const std::function<void(Mailbox::Task)>& call);

  // ---- On the loop's thread

  template <class Task>
  void post(Task task) {
    event_loop_->post(std::move(task));
  }
  boost::asio::io_context& context() { return event_loop_->context(); }
  RtcLoop& rtc() { return rtc_; }
  suite::Answerer& answerer() { return answerer_; }
  /// The certificates that the system trusts, read when they are first needed, as that takes some
  /// 30 ms and a mebibyte; or why they cannot be read.
  const Result<net::TlsClientContext, std::string>& system_trust();

  /// Keeps a driver until it says that it is over.
  void add(std::shared_ptr<NodeDriver> driver);
  void remove(const NodeDriver& driver);

 private:
  NodeLoop(std::unique_ptr<EventLoop> event_loop, RtcLoop rtc);

  template <class Call>
  void run_there(Call call) {
    run_until_told([&call](const Mailbox::Task& told) {
      call();
      told();
    });
  }
  void watch();
  void end_if_empty();

  std::unique_ptr<EventLoop> event_loop_;
  RtcLoop rtc_;
  suite::Answerer answerer_;
  std::optional<Result<net::TlsClientContext, std::string>> system_trust_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  boost::asio::posix::stream_descriptor rtc_descriptor_;
  std::vector<std::shared_ptr<NodeDriver>> drivers_;
  bool is_ending_ = false;
};

}  // namespace pigeon::runtime
