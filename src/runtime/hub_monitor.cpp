#include "runtime/hub_monitor.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/connection_id.hpp"

namespace pigeon::runtime {

namespace {

/// Carries out what belongs to no connection.
constexpr std::size_t first_loop = 0;
constexpr int tries_max = 100;

std::size_t loop_of(const hub::Output& output) {
  return std::visit(
      [](const auto& typed) -> std::size_t {
        if constexpr (requires { typed.connection; }) {
          return ConnectionPlace::of(typed.connection).loop;
        } else {
          return first_loop;
        }
      },
      output);
}

/// Bytes of what is to be written to a connection.
std::size_t payload_bytes(const hub::Output& output) {
  if (const auto* text = std::get_if<hub::SendText>(&output)) return text->text.size();
  if (const auto* response = std::get_if<hub::SendResponse>(&output)) return response->body.size();
  return 0;
}

hub::ConnectionId target_of(const hub::Output& output) {
  if (const auto* text = std::get_if<hub::SendText>(&output)) return text->connection;
  return std::get<hub::SendResponse>(output).connection;
}

}  // namespace

HubMonitor::HubMonitor(hub::Hub core, const MailLimits& limits, RefusalCounts& refusals)
    : limits_(limits), refusals_(refusals), core_(std::move(core)), mailboxes_(limits.loop_count) {}

void HubMonitor::handle(const hub::Input& input, Now now) {
  latest_ = now.monotonic = std::max(now.monotonic, latest_);
  core_.handle(input, now);
}

/// `taker`: the loop that takes its mailbox at once.
void HubMonitor::distribute(std::size_t taker) {
  for (hub::Output& output : core_.take_outputs()) {
    const std::size_t loop = loop_of(output);
    Mailbox& mailbox = mailboxes_[loop];
    const std::size_t bytes = payload_bytes(output);
    if (loop != taker && bytes > 0 && mailbox.bytes + bytes > limits_.mailbox_bytes_max) {
      refusals_.add(Refused::buffered_bytes);
      mailbox.outputs.emplace_back(
          hub::CloseConnection{target_of(output), 1013, "The hub is out of memory"});
      continue;
    }
    mailbox.bytes += bytes;
    mailbox.outputs.push_back(std::move(output));
  }
}

bool HubMonitor::has_uncalled_work(std::size_t loop) const {
  if (mailboxes_[loop].is_called) return false;
  if (!mailboxes_[loop].outputs.empty()) return true;
  return loop == first_loop && core_.next_timeout() < timeout_;
}

std::vector<std::size_t> HubMonitor::call_others(std::size_t loop) {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> called;
  for (std::size_t other = 0; other < mailboxes_.size(); ++other) {
    if (other == loop || !has_uncalled_work(other)) continue;
    mailboxes_[other].is_called = true;
    called.push_back(other);
  }
  return called;
}

HubStats HubMonitor::stats(Now now) const {
  const std::lock_guard lock(mutex_);
  return core_.stats(now);
}

std::vector<HubPeer> HubMonitor::peers() const {
  const std::lock_guard lock(mutex_);
  return core_.peers();
}

void HubMonitor::Turn::begin() {
  if (has_begun()) return;
  lock_ = std::unique_lock(monitor_.mutex_, std::defer_lock);
  // Turns are shorter than going to sleep and being woken.
  for (int i = 0; i < tries_max; ++i) {
    if (lock_.try_lock()) return;
  }
  lock_.lock();
}

void HubMonitor::Turn::handle(const hub::Input& input, Now now) {
  begin();
  monitor_.handle(input, now);
}

void HubMonitor::Turn::handle_timeout(Now now) {
  begin();
  monitor_.timeout_ = Instant::max();
  monitor_.handle(hub::Timeout{}, now);
}

void HubMonitor::Turn::finish(Handover& handover, bool woken) {
  begin();
  monitor_.distribute(loop_);
  Mailbox& own = monitor_.mailboxes_[loop_];
  if (woken) own.is_called = false;
  handover.outputs.clear();
  handover.outputs.swap(own.outputs);
  own.bytes = 0;
  handover.timeout.reset();
  if (const Instant next = monitor_.core_.next_timeout();
      loop_ == first_loop && next < monitor_.timeout_) {
    monitor_.timeout_ = next;
    handover.timeout = next;
  }
  handover.others_have_work = false;
  for (std::size_t other = 0; other < monitor_.mailboxes_.size(); ++other) {
    if (other != loop_ && monitor_.has_uncalled_work(other)) handover.others_have_work = true;
  }
  lock_.unlock();
}

}  // namespace pigeon::runtime
