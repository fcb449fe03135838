#include "runtime/mailbox.hpp"

#include <utility>

namespace pigeon::runtime {

namespace {

std::shared_ptr<Mailbox>& slot() {
  thread_local std::shared_ptr<Mailbox> mailbox;
  return mailbox;
}

}  // namespace

const std::shared_ptr<Mailbox>& Mailbox::of_this_thread() {
  std::shared_ptr<Mailbox>& mailbox = slot();
  if (!mailbox) mailbox = std::make_shared<Mailbox>();
  return mailbox;
}

void Mailbox::install(std::shared_ptr<Mailbox> mailbox) { slot() = std::move(mailbox); }

void Mailbox::put(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  changed_.notify_one();
}

void Mailbox::run_all() {
  std::unique_lock lock(mutex_);
  while (!tasks_.empty()) {
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

void Mailbox::wait(const bool& is_done) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return is_done || !tasks_.empty(); });
    if (is_done) return;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

void Mailbox::finish(bool& is_done) {
  const std::lock_guard lock(mutex_);
  is_done = true;
  // The thread may wait for several things, one inside another; each looks at its own flag.
  changed_.notify_all();
}

}  // namespace pigeon::runtime
