#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

namespace pigeon::bench {

/// Processor time that all threads of a process have used, in seconds.
struct CpuTime {
  double total = 0;
  /// The part spent outside the kernel. The kernel estimates it from its ticks.
  double user = 0;
};

/// Resident memory of a process in bytes.
struct Memory {
  std::size_t resident = 0;
  /// Without files and shared memory: heap, stacks, private data.
  std::size_t anonymous = 0;
  std::size_t threads = 0;
};

/// What the system says of a running process.
Memory memory_of(pid_t process);

/// A child process without input and output. It does not outlive this object, nor this process.
class Child {
 public:
  Child() = default;
  /// Starts `arguments[0]`, looked up in PATH, with `environment` ("NAME=value") added to this
  /// process's own. Throws std::runtime_error if that fails; a missing program shows as an exit.
  Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  bool is_running();
  /// Asks with SIGTERM, and kills after `grace`.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{3});
  /// Waits for the end and gives the exit status; 128 + n for an end by signal n.
  int wait();

  CpuTime cpu() const;
  Memory memory() const { return memory_of(pid_); }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

/// Processor time of this process.
CpuTime own_cpu();

}  // namespace pigeon::bench
