#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace pigeon::crypto {

/// A text that can be read with a password only: AES-256-GCM under a key that PBKDF2 with
/// HMAC-SHA-256 makes of the password and the salt.
struct LockedText {
  /// Rounds of PBKDF2: what one guess of the password costs.
  std::uint32_t rounds = 0;
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 12> iv{};
  /// With the tag of 16 bytes at the end.
  Bytes ciphertext;

  friend bool operator==(const LockedText&, const LockedText&) = default;
};

}  // namespace pigeon::crypto
