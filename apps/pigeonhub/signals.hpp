#pragma once

namespace pigeonhub {

/// Hands the process's signals to one thread that waits for them. Made before any other thread, so
/// that all threads inherit the blocked signals. There is one at a time.
class Signals {
 public:
  /// From now on SIGINT, SIGTERM and SIGHUP only arrive through `wait`; SIGPIPE is ignored.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// Waits for a signal and returns its number, or 0 once `wake` has been called.
  int wait();

  /// Makes `wait` return 0. May be called from any thread.
  void wake() const;

 private:
  int signal_fd_ = -1;
  int wake_fd_ = -1;
};

}  // namespace pigeonhub
