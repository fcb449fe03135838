#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "crypto/block_hash.hpp"

namespace pigeon::crypto {

/// Whether both hold the same bytes. Takes equally long wherever they differ, so that a guess at a
/// secret cannot be bettered by timing it; sizes are no secret.
inline bool equal_in_constant_time(BytesView a, BytesView b) {
  if (a.size() != b.size()) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

/// HMAC (RFC 2104) of a text given in pieces, with `Sha1` or `Sha256` as the hash. A copy taken
/// before the first `update` is a key made ready for other texts.
template <class Hash>
class Hmac {
 public:
  using Digest = typename Hash::Digest;

  /// A key may have any size.
  explicit Hmac(BytesView key) {
    std::array<std::uint8_t, hash_block_size> block{};
    if (key.size() > hash_block_size) {
      Hash hash;
      hash.update(key);
      const Digest digest = hash.digest();
      std::copy(digest.begin(), digest.end(), block.begin());
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    for (std::uint8_t& byte : block) byte ^= inner_pad;
    inner_.update(block);
    for (std::uint8_t& byte : block) byte ^= inner_pad ^ outer_pad;
    outer_.update(block);
  }

  /// Appends to the text.
  void update(BytesView text) { inner_.update(text); }

  /// The code of everything given so far.
  Digest digest() const {
    Hash outer = outer_;
    outer.update(inner_.digest());
    return outer.digest();
  }

 private:
  static constexpr std::uint8_t inner_pad = 0x36;
  static constexpr std::uint8_t outer_pad = 0x5c;

  Hash inner_;
  Hash outer_;
};

}  // namespace pigeon::crypto
