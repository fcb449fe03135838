#include "base/peer_id.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

PeerId peer(std::string_view text) { return *PeerId::parse(text); }

/// Bits counted one at a time, from the highest.
std::size_t slow_common_prefix(const PeerId& a, const PeerId& b) {
  std::size_t bit = 0;
  const auto bit_of = [&](const PeerId& id) { return id.bytes()[bit / 8] >> (7 - bit % 8) & 1; };
  while (bit < 160 && bit_of(a) == bit_of(b)) ++bit;
  return bit;
}

TEST(PeerIdTest, DistanceIsTheExclusiveOr) {
  const PeerId a = peer("ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00");
  const PeerId b = peer("0ff00ff00ff00ff00ff00ff00ff00ff00ff00ff0");

  EXPECT_EQ(distance(a, b).to_text(), "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0");
}

TEST(PeerIdTest, DistanceIsAMetric) {
  Random random = Random::from_number(1);
  for (int i = 0; i < 500; ++i) {
    const auto a = random.id<PeerId>();
    const auto b = random.id<PeerId>();
    const auto c = random.id<PeerId>();

    EXPECT_EQ(distance(a, a), Distance());
    EXPECT_EQ(distance(a, b), distance(b, a));
    // Unidirectional: at one distance from a there is one peer only.
    EXPECT_EQ(distance(a, b) == distance(a, c), b == c);
    // The exclusive or of two legs is the third one.
    EXPECT_EQ(distance(PeerId(distance(a, b).bytes()), PeerId(distance(b, c).bytes())),
              distance(a, c));
  }
}

TEST(PeerIdTest, DistancesCompareFromTheHighestByte) {
  const PeerId self = peer("0000000000000000000000000000000000000000");
  const PeerId near = peer("00ffffffffffffffffffffffffffffffffffffff");
  const PeerId far = peer("0100000000000000000000000000000000000000");

  EXPECT_LT(distance(self, near), distance(self, far));
}

TEST(PeerIdTest, CommonPrefixAtTheEdges) {
  const PeerId zero;

  EXPECT_EQ(common_prefix_bits(zero, zero), 160U);
  EXPECT_EQ(common_prefix_bits(zero, peer("8000000000000000000000000000000000000000")), 0U);
  EXPECT_EQ(common_prefix_bits(zero, peer("00ff000000000000000000000000000000000000")), 8U);
  EXPECT_EQ(common_prefix_bits(zero, peer("0000000000000000000000000000000000000001")), 159U);
}

TEST(PeerIdTest, CommonPrefixAgreesWithCountingBits) {
  Random random = Random::from_number(2);
  for (std::size_t flipped = 0; flipped < 160; ++flipped) {
    const auto a = random.id<PeerId>();
    auto bytes = a.bytes();
    bytes[flipped / 8] = static_cast<std::uint8_t>(bytes[flipped / 8] ^ (0x80U >> (flipped % 8)));
    for (std::size_t i = flipped / 8 + 1; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(random.below(256));
    }
    const PeerId b(bytes);

    EXPECT_EQ(common_prefix_bits(a, b), flipped);
    EXPECT_EQ(common_prefix_bits(b, a), slow_common_prefix(a, b));
  }
}

TEST(PeerIdTest, WorksAtCompileTime) {
  static_assert(common_prefix_bits(PeerId(), PeerId()) == 160);
  static_assert(distance(PeerId(), PeerId()) == Distance());
  SUCCEED();
}

}  // namespace
}  // namespace pigeon
