#include "base/keyed_hash.hpp"

#include <bit>

namespace pigeon {

namespace {

std::uint64_t load_le(BytesView bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  }
  return word;
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }

  void absorb(std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
};

KeyedHash::Key drawn_key(Random& random) {
  KeyedHash::Key key{};
  random.fill(key);
  return key;
}

}  // namespace

KeyedHash::KeyedHash(const Key& key)
    : k0_(load_le(BytesView(key).first(8))), k1_(load_le(BytesView(key).last(8))) {}

KeyedHash::KeyedHash(Random& random) : KeyedHash(drawn_key(random)) {}

std::uint64_t KeyedHash::operator()(BytesView bytes) const {
  SipState state{k0_ ^ 0x736f6d6570736575, k1_ ^ 0x646f72616e646f6d, k0_ ^ 0x6c7967656e657261,
                 k1_ ^ 0x7465646279746573};
  const std::uint64_t length_byte = static_cast<std::uint64_t>(bytes.size()) << 56U;
  while (bytes.size() >= 8) {
    state.absorb(load_le(bytes.first(8)));
    bytes = bytes.subspan(8);
  }
  state.absorb(length_byte | load_le(bytes));
  state.v2 ^= 0xff;
  state.rounds(4);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace pigeon
