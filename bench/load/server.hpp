#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/child.hpp"
#include "bench/load/tls.hpp"

namespace pigeon::bench {

/// How to start a server. `@PORT@` in arguments and environment stands for its port.
struct ServerPlan {
  std::string name;
  std::vector<std::string> arguments;
  std::vector<std::string> environment = {};
  /// Path that answers 200 once the server is ready; empty: it is ready when it accepts.
  std::string ready_path = {};
};

/// The programs that are compared.
struct Programs {
  std::filesystem::path hub;
  std::filesystem::path relay;
  /// The folder of the npm package `peerpigeon` 1.1.3; upstream is left out if it is not there.
  std::filesystem::path upstream;
  /// Added to every start of the hub.
  std::vector<std::string> hub_flags;
};

/// The hub as its users start it, with `flags` added.
ServerPlan plan_hub(const Programs& programs, const std::vector<std::string>& flags = {});
/// The hub with TLS.
ServerPlan plan_secure_hub(const Programs& programs, const TemporaryCertificate& certificate,
                           const std::vector<std::string>& flags = {});
ServerPlan plan_relay(const Programs& programs);
/// Upstream's server; nothing if it is not installed.
std::optional<ServerPlan> plan_upstream(const Programs& programs);

/// Flags that let one peer send as fast as a load test wants. The limiter still works and counts.
std::vector<std::string> lifted_rates();

/// A running server on a free loopback port.
class Server {
 public:
  /// Starts and waits until the server is ready; throws std::runtime_error after 15 s or if it
  /// ends.
  explicit Server(const ServerPlan& plan);

  Child& process() { return child_; }
  std::uint16_t port() const { return port_; }
  const std::string& name() const { return name_; }
  /// Milliseconds from before the start to the first accepted connection, and to the first 200.
  double accepting_ms() const { return accepting_ms_; }
  double ready_ms() const { return ready_ms_; }

 private:
  std::string name_;
  std::uint16_t port_;
  Child child_;
  double accepting_ms_ = 0;
  double ready_ms_ = 0;
};

}  // namespace pigeon::bench
