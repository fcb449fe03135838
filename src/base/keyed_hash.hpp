#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "pigeon/id.hpp"

namespace pigeon {

/// Hash for tables whose keys come from the network: without the key nobody can aim at one bucket.
/// SipHash-2-4 (Aumasson and Bernstein 2012), the same on every platform.
class KeyedHash {
 public:
  using Key = std::array<std::uint8_t, 16>;
  using is_transparent = void;

  explicit KeyedHash(const Key& key);
  /// With a key of its own from the owner's stream.
  explicit KeyedHash(Random& random);

  std::uint64_t operator()(BytesView bytes) const;
  std::uint64_t operator()(std::string_view text) const { return (*this)(as_bytes(text)); }
  template <class Tag, std::size_t size>
  std::uint64_t operator()(const Id<Tag, size>& id) const {
    return (*this)(BytesView(id.bytes()));
  }

 private:
  std::uint64_t k0_;
  std::uint64_t k1_;
};

}  // namespace pigeon
