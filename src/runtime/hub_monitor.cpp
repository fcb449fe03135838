#include "runtime/hub_monitor.hpp"

#include <type_traits>
#include <utility>
#include <variant>

#include "runtime/connection_id.hpp"

namespace pigeon::runtime {

namespace {

/// Carries out what belongs to no connection.
constexpr std::size_t first_loop = 0;

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

}  // namespace

HubMonitor::HubMonitor(hub::Hub core, std::size_t loop_count)
    : core_(std::move(core)), mailboxes_(loop_count) {}

void HubMonitor::distribute() {
  for (hub::Output& output : core_.take_outputs()) {
    mailboxes_[loop_of(output)].outputs.push_back(std::move(output));
  }
}

/// True if the loop is to be told now; once is enough until it comes.
bool HubMonitor::call(std::size_t loop) {
  return !std::exchange(mailboxes_[loop].is_called, true);
}

bool HubMonitor::emit(HubEvent event) {
  const std::lock_guard lock(mutex_);
  mailboxes_[first_loop].outputs.push_back(hub::Emit{std::move(event)});
  return call(first_loop);
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
  if (!has_begun()) lock_ = std::unique_lock(monitor_.mutex_);
}

void HubMonitor::Turn::handle(const hub::Input& input, Now now) {
  begin();
  monitor_.core_.handle(input, now);
}

void HubMonitor::Turn::handle_timeout(Now now) {
  begin();
  monitor_.timeout_ = Instant::max();
  monitor_.core_.handle(hub::Timeout{}, now);
}

void HubMonitor::Turn::finish(Handover& handover, bool woken) {
  begin();
  monitor_.distribute();
  Mailbox& own = monitor_.mailboxes_[loop_];
  if (woken) own.is_called = false;
  handover.outputs.clear();
  handover.outputs.swap(own.outputs);
  handover.loops_to_wake.clear();
  for (std::size_t loop = 0; loop < monitor_.mailboxes_.size(); ++loop) {
    if (loop == loop_ || monitor_.mailboxes_[loop].outputs.empty()) continue;
    if (monitor_.call(loop)) handover.loops_to_wake.push_back(loop);
  }
  handover.timeout.reset();
  const Instant next = monitor_.core_.next_timeout();
  if (next < monitor_.timeout_) {
    if (loop_ == first_loop) {
      monitor_.timeout_ = next;
      handover.timeout = next;
    } else if (monitor_.call(first_loop)) {
      handover.loops_to_wake.push_back(first_loop);
    }
  }
  lock_.unlock();
}

}  // namespace pigeon::runtime
