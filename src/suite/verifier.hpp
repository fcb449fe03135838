#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.hpp"
#include "crypto/peer_identity.hpp"

namespace pigeon::suite {

/// Checks signatures, and remembers the keys it has seen lately, because reading one costs about a
/// quarter of a check. For one thread at a time.
class Verifier {
 public:
  /// Remembers at most this many keys, 1 or more, about 3 KiB each; the one that was not used for
  /// longest is forgotten first.
  explicit Verifier(std::size_t key_count_max);
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;
  ~Verifier();

  /// True if `signature` is r and s in 64 bytes and the owner of `key` made it for `message`. Both
  /// values of s are accepted, as by unsea. Whatever the input (a point off the curve, r or s out
  /// of range, another size), the answer is only false.
  bool verify(const crypto::SigningPublicKey& key, BytesView message, BytesView signature);

  std::size_t key_count() const;

 private:
  class Keys;

  std::unique_ptr<Keys> keys_;
};

}  // namespace pigeon::suite
