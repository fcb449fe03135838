#include "suite/node_identity.hpp"

#include <array>
#include <set>
#include <utility>

#include <gtest/gtest.h>

namespace pigeon::suite {
namespace {

using crypto::PrivateScalar;

TEST(NodeIdentityTest, NewOnesDifferInBothPairs) {
  std::set<crypto::SigningPublicKey> keys;
  for (int i = 0; i < 20; ++i) {
    const NodeIdentity identity = NodeIdentity::generate().value();
    keys.insert(identity.signing().public_key());
    keys.insert(identity.encryption().public_key());
  }

  EXPECT_EQ(keys.size(), 40U);
}

TEST(NodeIdentityTest, TheSameSeedGivesTheSamePairs) {
  const auto one = NodeIdentity::from_random(Random::from_number(7)).value();
  const auto same = NodeIdentity::from_random(Random::from_number(7)).value();
  const auto other = NodeIdentity::from_random(Random::from_number(8)).value();

  EXPECT_EQ(one.stored(), same.stored());
  EXPECT_NE(one.signing().public_key(), other.signing().public_key());
  EXPECT_NE(one.encryption().public_key(), other.encryption().public_key());
  EXPECT_NE(one.signing().public_key(), one.encryption().public_key());
}

// Also on another platform: a run that is repeated must meet the same ids.
TEST(NodeIdentityTest, ASeedGivesTheIdItAlwaysGave) {
  EXPECT_EQ(NodeIdentity::from_random(Random::from_number(7)).value().peer_id().to_text(),
            "0a0fdf910a93584e954c5fcf7add38c8f6b796f0");
}

TEST(NodeIdentityTest, ComesBackFromWhatIsStored) {
  const NodeIdentity identity = NodeIdentity::generate().value();

  const auto back = NodeIdentity::from_stored(identity.stored());

  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->peer_id(), identity.peer_id());
  EXPECT_EQ(back->stored(), identity.stored());
  const auto signature = back->signing().sign(as_bytes("hello")).value();
  EXPECT_TRUE(verify(identity.signing().public_key(), as_bytes("hello"), signature));
  const auto sealed = seal(identity.encryption().public_key(), as_bytes("hello"));
  EXPECT_EQ(back->encryption().open(*sealed), (Bytes{'h', 'e', 'l', 'l', 'o'}));
}

TEST(NodeIdentityTest, HasTheIdOfItsSigningKey) {
  std::array<std::uint8_t, 32> ones{};
  ones.fill(0x11);
  auto keys = NodeIdentity::generate().value().stored();
  keys.signing_private = PrivateScalar(ones);
  keys.signing_public = SigningKey::from_private_scalar(ones).value().public_key();

  EXPECT_EQ(NodeIdentity::from_stored(keys).value().peer_id().to_text(),
            "303c13dbb47344c527e491b80c45b2b6d5033e19");
}

TEST(NodeIdentityTest, RefusesHalvesThatDoNotFit) {
  const auto one = NodeIdentity::generate().value().stored();
  const auto other = NodeIdentity::generate().value().stored();
  auto signing = one;
  signing.signing_public = other.signing_public;
  auto encryption = one;
  encryption.encryption_public = other.encryption_public;
  auto exchanged = one;
  std::swap(exchanged.signing_public, exchanged.encryption_public);

  EXPECT_EQ(NodeIdentity::from_stored(signing).error(), SuiteError::mismatched_keys);
  EXPECT_EQ(NodeIdentity::from_stored(encryption).error(), SuiteError::mismatched_keys);
  EXPECT_EQ(NodeIdentity::from_stored(exchanged).error(), SuiteError::mismatched_keys);
}

TEST(NodeIdentityTest, RefusesScalarsOutOfRange) {
  auto keys = NodeIdentity::generate().value().stored();
  keys.encryption_private = PrivateScalar(std::array<std::uint8_t, 32>{});

  EXPECT_EQ(NodeIdentity::from_stored(keys).error(), SuiteError::invalid_private_key);
}

}  // namespace
}  // namespace pigeon::suite
