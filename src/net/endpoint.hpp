#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "pigeon/result.hpp"

namespace pigeon::net {

/// An IP address and a TCP port, as the operating system takes them.
struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;

  std::uint16_t port() const;
  void set_port(std::uint16_t port);
};

/// The addresses that a numeric address or a name stands for, each once, in the system's order.
/// Waits for DNS if `host` is a name. The error is what the system says.
Result<std::vector<Endpoint>, std::string> resolve(const std::string& host, std::uint16_t port);

}  // namespace pigeon::net
