#include "runtime/node_loop.hpp"

#include <algorithm>
#include <thread>

#include "runtime/node_driver.hpp"

namespace pigeon::runtime {

namespace {

std::string shortage(const std::string& cause) {
  return "The system has no resources for another event loop: " + cause +
         ". Raise its limits, or let nodes share a loop.";
}

/// The last owner of a loop may be on the loop's own thread, which cannot wait for itself.
void dispose(NodeLoop* loop) {
  if (loop->is_this_thread()) {
    std::thread([loop] { delete loop; }).detach();
  } else {
    delete loop;
  }
}

}  // namespace

Result<std::shared_ptr<NodeLoop>, std::string> NodeLoop::create(const RtcLoopOptions& addresses) {
  auto rtc = RtcLoop::create(addresses);
  if (!rtc) return Unexpected(rtc.error().message);
  auto event_loop = EventLoop::create();
  if (!event_loop) return Unexpected(shortage(event_loop.error()));
  std::shared_ptr<NodeLoop> loop(new NodeLoop(*std::move(event_loop), *std::move(rtc)), dispose);
  loop->post([raw = loop.get()] {
    Mailbox::install(raw->mailbox_);
    raw->watch();
  });
  if (auto started = loop->event_loop_->start(); !started) {
    loop->is_ending_ = true;
    return Unexpected(shortage(started.error()));
  }
  return loop;
}

NodeLoop::NodeLoop(std::unique_ptr<EventLoop> event_loop, RtcLoop rtc)
    : event_loop_(std::move(event_loop)),
      rtc_(std::move(rtc)),
      rtc_descriptor_(event_loop_->context(), rtc_.descriptor()) {}

// NOLINTNEXTLINE(bugprone-exception-escape): a thread that cannot be joined is a bug of ours.
NodeLoop::~NodeLoop() {
  post([this] {
    is_ending_ = true;
    end_if_empty();
  });
  event_loop_->join();
  // It is the RtcLoop's.
  rtc_descriptor_.release();
}

void NodeLoop::run_until_told(const std::function<void(Mailbox::Task)>& call) {
  bool is_done = false;
  const std::shared_ptr<Mailbox> waiting = Mailbox::of_this_thread();
  mailbox_->put(
      [&call, &is_done, waiting] { call([&is_done, waiting] { waiting->finish(is_done); }); });
  post([mailbox = mailbox_] { mailbox->run_all(); });
  waiting->wait(is_done);
}

const Result<net::TlsClientContext, std::string>& NodeLoop::system_trust() {
  if (!system_trust_) system_trust_.emplace(net::TlsClientContext::load(""));
  return *system_trust_;
}

void NodeLoop::add(std::shared_ptr<NodeDriver> driver) { drivers_.push_back(std::move(driver)); }

void NodeLoop::remove(const NodeDriver& driver) {
  std::erase_if(drivers_, [&](const auto& one) { return one.get() == &driver; });
  end_if_empty();
}

/// Calls of other handlers make the descriptor readable, too, so nothing else wakes the loop.
void NodeLoop::watch() {
  rtc_descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                             [this](const boost::system::error_code& error) {
                               if (error) return;
                               rtc_.run_once(std::chrono::microseconds(0));
                               watch();
                             });
}

void NodeLoop::end_if_empty() {
  if (is_ending_ && drivers_.empty()) event_loop_->stop();
}

}  // namespace pigeon::runtime
