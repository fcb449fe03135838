#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"

namespace pigeon::test {

using Flags = std::vector<std::string>;

/// Arguments and environment of a hub on 127.0.0.1; `port` 0: the system chooses. The environment
/// has none of the variables that a hub reads.
std::vector<std::string> hub_arguments(std::uint16_t port, const Flags& flags);
std::vector<std::string> hub_environment();

/// The real hub, listening on 127.0.0.1.
class HubProcess {
 public:
  /// Starts it and waits until it listens; throws `Failure` with its words if it does not.
  explicit HubProcess(const Flags& flags = {}, std::uint16_t port = 0);

  std::uint16_t port() const { return port_; }
  ChildProcess& process() { return child_; }
  const ChildProcess& process() const { return child_; }

  /// Asks it to stop by SIGTERM and waits for the end; its exit status.
  int stop(Deadline deadline = Deadline());

 private:
  ChildProcess child_;
  std::uint16_t port_ = 0;
};

}  // namespace pigeon::test
