#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace pigeon::ice {

/// CRC-32 as in ITU-T V.42 of a text given in pieces.
class Crc32 {
 public:
  void update(BytesView text);
  std::uint32_t value() const { return ~register_; }

 private:
  std::uint32_t register_ = 0xffffffff;
};

/// The value of FINGERPRINT (RFC 8489 section 14.7) for the part of a message in front of it. The
/// length in the header already counts the attribute.
std::uint32_t stun_fingerprint(BytesView message_before);

}  // namespace pigeon::ice
