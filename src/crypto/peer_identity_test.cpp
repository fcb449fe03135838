#include "crypto/peer_identity.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "base/random.hpp"

namespace pigeon::crypto {
namespace {

// unsea 1.1.2 gives this public key for the private key of 32 bytes 0x11.
constexpr std::string_view ones_text =
    "AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0.GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q";

SigningPublicKey random_key(Random& random) {
  std::array<std::uint8_t, SigningPublicKey::byte_count> bytes{};
  random.fill(bytes);
  return SigningPublicKey(bytes);
}

TEST(PeerIdentityTest, ReadsTheTextOfUnsea) {
  const auto key = SigningPublicKey::parse(ones_text);

  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(encode_hex(key->bytes()),
            "0217e617f0b6443928278f96999e69a23a4f2c152bdf6d6cdf66e5b80282d4ed"
            "194a7debcb97712d2dda3ca85aa8765a56f45fc758599652f2897c65306e5794");
  EXPECT_EQ(key->to_text(), ones_text);
}

TEST(PeerIdentityTest, TextRoundTrips) {
  Random random = Random::from_number(1);
  for (int i = 0; i < 200; ++i) {
    const SigningPublicKey key = random_key(random);
    const std::string text = key.to_text();

    EXPECT_EQ(text.size(), SigningPublicKey::text_length);
    EXPECT_EQ(SigningPublicKey::parse(text), key);
  }
}

TEST(PeerIdentityTest, RefusesEveryTruncationAndAnAddition) {
  const std::string text(ones_text);
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(SigningPublicKey::parse(text.substr(0, size)), std::nullopt) << size;
    EXPECT_EQ(SigningPublicKey::parse(text.substr(text.size() - size)), std::nullopt) << size;
  }
  EXPECT_EQ(SigningPublicKey::parse(text + "A"), std::nullopt);
  EXPECT_EQ(SigningPublicKey::parse(text + "="), std::nullopt);
}

TEST(PeerIdentityTest, RefusesTheDotElsewhere) {
  std::string text(ones_text);
  text[43] = 'A';
  EXPECT_EQ(SigningPublicKey::parse(text), std::nullopt);
  text[42] = '.';
  EXPECT_EQ(SigningPublicKey::parse(text), std::nullopt);
  EXPECT_EQ(SigningPublicKey::parse(std::string(87, '.')), std::nullopt);
}

TEST(PeerIdentityTest, RefusesASecondTextForTheSameKey) {
  // The last digit of a coordinate holds 2 bits that must be zero; '1' sets one of them.
  std::string text(ones_text);
  ASSERT_EQ(text[42], '0');
  text[42] = '1';
  EXPECT_EQ(SigningPublicKey::parse(text), std::nullopt);

  text = ones_text;
  std::replace(text.begin(), text.end(), '_', '/');
  EXPECT_EQ(SigningPublicKey::parse(text), std::nullopt);
}

TEST(PeerIdentityTest, DerivesThePublishedId) {
  const PeerId id = peer_id_of(*SigningPublicKey::parse(ones_text));

  EXPECT_EQ(id.to_text(), "303c13dbb47344c527e491b80c45b2b6d5033e19");
}

TEST(PeerIdentityTest, EveryBitOfTheKeyCounts) {
  const SigningPublicKey key = *SigningPublicKey::parse(ones_text);
  const PeerId id = peer_id_of(key);
  for (std::size_t bit = 0; bit < 8 * SigningPublicKey::byte_count; ++bit) {
    auto bytes = key.bytes();
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));

    EXPECT_NE(peer_id_of(SigningPublicKey(bytes)), id) << bit;
  }
}

}  // namespace
}  // namespace pigeon::crypto
