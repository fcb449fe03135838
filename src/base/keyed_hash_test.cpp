#include "base/keyed_hash.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/peer_id.hpp"

namespace pigeon {
namespace {

KeyedHash::Key counting_key() {
  KeyedHash::Key key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  return key;
}

Bytes counting_bytes(std::size_t count) {
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

// The paper's appendix A (15 bytes) and the first entries of the reference code's table.
TEST(KeyedHashTest, GivesThePublishedValues) {
  const KeyedHash hash(counting_key());

  EXPECT_EQ(hash(counting_bytes(15)), 0xa129ca6149be45e5U);
  EXPECT_EQ(hash(counting_bytes(0)), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(hash(counting_bytes(1)), 0x74f839c593dc67fdU);
  EXPECT_EQ(hash(counting_bytes(8)), 0x93f5f5799a932462U);
}

TEST(KeyedHashTest, AnotherKeyGivesAnotherHash) {
  Random random = Random::from_number(1);
  const KeyedHash one(random);
  const KeyedHash other(random);

  EXPECT_NE(one("peer"), other("peer"));
}

TEST(KeyedHashTest, TextAndBytesAndIdsOfTheSameContentAgree) {
  const KeyedHash hash(counting_key());
  const auto id = Random::from_number(2).id<PeerId>();
  const std::string text(as_text(id.bytes()));

  EXPECT_EQ(hash(id), hash(text));
  EXPECT_EQ(hash(id), hash(BytesView(id.bytes())));
}

TEST(KeyedHashTest, EveryPrefixDiffers) {
  const KeyedHash hash(counting_key());
  std::set<std::uint64_t> seen;

  for (std::size_t size = 0; size <= 64; ++size) seen.insert(hash(Bytes(size, 0)));

  EXPECT_EQ(seen.size(), 65U);
}

}  // namespace
}  // namespace pigeon
