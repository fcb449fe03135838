#pragma once

#include <string>
#include <string_view>

#include "tests/support/deadline.hpp"

namespace pigeon::test {

/// A connection whose operations wait, but not for ever: past the deadline they throw `Failure`.
class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  /// Sends everything; false if the other end has closed meanwhile.
  virtual bool send(std::string_view bytes, Deadline deadline) = 0;
  /// At least one byte; empty when the other end has closed, in whichever way.
  virtual std::string receive(Deadline deadline) = 0;
};

}  // namespace pigeon::test
