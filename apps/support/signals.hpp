#pragma once

#include <initializer_list>

namespace apps {

/// Hands the process's signals to one thread that waits for them. Made before any other thread, so
/// that all threads inherit the blocked signals. There is one at a time.
class Signals {
 public:
  /// From now on SIGINT, SIGTERM, SIGHUP and those of `more` only arrive through `wait` and `take`;
  /// SIGPIPE is ignored.
  explicit Signals(std::initializer_list<int> more = {});
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// Waits for a signal and returns its number, or 0 once `wake` has been called.
  int wait();

  /// Readable when a signal is there, for poll(2).
  int descriptor() const { return signal_fd_; }
  /// The number of a signal that is there; 0 if none is.
  int take() const;

  /// Makes `wait` return 0. May be called from any thread.
  void wake() const;

 private:
  int signal_fd_ = -1;
  int wake_fd_ = -1;
};

}  // namespace apps
