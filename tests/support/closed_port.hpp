#pragma once

#include <cstdint>

#include "net/file_descriptor.hpp"

namespace pigeon::test {

/// A TCP port of 127.0.0.1 at which nobody listens, and that nobody else gets meanwhile.
class ClosedPort {
 public:
  ClosedPort();

  std::uint16_t number() const { return number_; }

 private:
  net::FileDescriptor socket_;
  std::uint16_t number_ = 0;
};

}  // namespace pigeon::test
