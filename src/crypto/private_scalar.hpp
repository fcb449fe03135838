#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/wipe.hpp"
#include "crypto/peer_identity.hpp"

namespace pigeon::crypto {

/// The private half of a P-256 pair: a number of 32 bytes, big-endian. Wiped when it goes. Whether
/// it is in the range of the curve is not known here; making a pair of one that is not fails.
class PrivateScalar {
 public:
  static constexpr std::size_t byte_count = 32;
  static constexpr std::size_t text_length = 43;

  explicit PrivateScalar(std::span<const std::uint8_t, byte_count> bytes);
  PrivateScalar(const PrivateScalar&) = default;
  PrivateScalar& operator=(const PrivateScalar&) = default;
  ~PrivateScalar() { wipe(bytes_); }

  /// Reads the text form of unsea 1.1: base64url without padding. Anything else gives nothing.
  static std::optional<PrivateScalar> parse(std::string_view text);

  std::span<const std::uint8_t, byte_count> bytes() const { return bytes_; }

  /// The text that `parse` reads. Whoever keeps it wipes it.
  std::string to_text() const;

  friend bool operator==(const PrivateScalar&, const PrivateScalar&) = default;

 private:
  std::array<std::uint8_t, byte_count> bytes_{};
};

/// The two pairs of a node as they are stored: for signatures and for encryption. The halves of a
/// pair need not fit until someone has checked.
struct StoredKeys {
  PrivateScalar signing_private;
  SigningPublicKey signing_public;
  PrivateScalar encryption_private;
  SigningPublicKey encryption_public;

  friend bool operator==(const StoredKeys&, const StoredKeys&) = default;
};

}  // namespace pigeon::crypto
