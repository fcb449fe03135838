#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "net/file_descriptor.hpp"
#include "tests/support/deadline.hpp"

namespace pigeon::test {

/// A program under test. Ends with the test, whichever way that ends.
class ChildProcess {
 public:
  /// Where its input comes from.
  enum class Input : std::uint8_t { none, written };

  /// Starts the program that `arguments` begin with, with this environment.
  ChildProcess(std::vector<std::string> arguments, std::vector<std::string> environment,
               Input input = Input::none);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills the program if it still runs.
  ~ChildProcess();

  pid_t id() const { return pid_; }
  bool is_running();
  void signal(int number) const;
  /// Waits for the end; the exit status, or 128 and the signal. Throws `Failure` past the deadline.
  int wait(Deadline deadline = Deadline());

  /// Writes to its input, if that is `written`. Throws `Failure` if the program has ended.
  void write(std::string_view text) const;

  /// Everything it has printed so far, to both outputs.
  std::string output() const;
  /// Waits for a line that holds the text, and gives the first one; empty if the program ended
  /// without it, or past the deadline.
  std::string wait_for_line(std::string_view text, Deadline deadline = Deadline()) const;

  /// Its resident memory, now and at the highest; 0 when it has ended.
  std::size_t resident_bytes() const { return status_bytes("VmRSS:"); }
  std::size_t resident_bytes_peak() const { return status_bytes("VmHWM:"); }

 private:
  void collect_output();
  /// A field of /proc/<pid>/status.
  std::size_t status_bytes(std::string_view field) const;

  pid_t pid_ = -1;
  int status_ = -1;
  net::FileDescriptor input_;
  net::FileDescriptor pipe_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string output_;
  bool output_ended_ = false;
  std::thread collector_;
};

}  // namespace pigeon::test
