#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/peer_id.hpp"

namespace pigeon::crypto {

/// A P-256 public key that signatures are checked with: the coordinates X and Y, big-endian.
/// Whether the point lies on the curve is not known here; verifying with one that does not fails.
class SigningPublicKey {
 public:
  static constexpr std::size_t byte_count = 64;
  /// Two coordinates of 43 digits and the dot between them.
  static constexpr std::size_t text_length = 87;

  /// X, then Y.
  constexpr explicit SigningPublicKey(const std::array<std::uint8_t, byte_count>& bytes)
      : bytes_(bytes) {}

  /// Reads the text form of unsea 1.1: base64url of X, a dot, base64url of Y, without padding.
  /// Anything else gives nothing.
  static std::optional<SigningPublicKey> parse(std::string_view text);

  constexpr const std::array<std::uint8_t, byte_count>& bytes() const { return bytes_; }

  /// The text that `parse` reads; a key has one text only.
  std::string to_text() const;

  friend constexpr auto operator<=>(const SigningPublicKey&, const SigningPublicKey&) = default;

 private:
  std::array<std::uint8_t, byte_count> bytes_;
};

/// The id that the owner of a key, and nobody else, can prove to be theirs: the first 20 bytes of
/// SHA-256 over `"pigeon peer id 1:"` and the key's text.
PeerId peer_id_of(const SigningPublicKey& key);

}  // namespace pigeon::crypto
