#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace pigeon::runtime {

/// What other threads want done by one thread, and word of what that thread waits for. While a
/// thread waits it does what it is asked to do: so two threads may ask each other at a time.
class Mailbox {
 public:
  using Task = std::function<void()>;

  /// The one of the calling thread.
  static const std::shared_ptr<Mailbox>& of_this_thread();
  /// Gives the calling thread this mailbox in place of the one that it has.
  static void install(std::shared_ptr<Mailbox> mailbox);

  /// Asks the thread. From any thread.
  void put(Task task);
  /// Does what the thread has been asked to do.
  void run_all();

  /// Waits until the flag is set by `finish`, and does meanwhile what the thread is asked to do.
  void wait(const bool& is_done);
  /// Sets the flag and wakes the thread. From any thread; the flag is not touched afterwards.
  void finish(bool& is_done);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
};

}  // namespace pigeon::runtime
