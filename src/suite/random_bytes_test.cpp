#include "suite/random_bytes.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace pigeon::suite {
namespace {

TEST(RandomBytesTest, FillsEveryPlace) {
  // A place that is never written stays zero in all 32 draws; chance does that once in 2^256.
  Bytes seen(1'000, 0);
  for (int draw = 0; draw < 32; ++draw) {
    Bytes bytes(seen.size(), 0);
    ASSERT_TRUE(random_bytes(bytes).has_value());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      seen[i] = static_cast<std::uint8_t>(seen[i] | bytes[i]);
    }
  }

  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 0);
}

TEST(RandomBytesTest, TouchesNothingBesideTheSpan) {
  Bytes bytes(10, 0xaa);

  ASSERT_TRUE(random_bytes(MutableBytesView(bytes).subspan(3, 0)).has_value());
  EXPECT_EQ(bytes, Bytes(10, 0xaa));
  ASSERT_TRUE(random_bytes(MutableBytesView(bytes).subspan(3, 4)).has_value());

  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 3), Bytes(3, 0xaa));
  EXPECT_EQ(Bytes(bytes.begin() + 7, bytes.end()), Bytes(3, 0xaa));
}

TEST(RandomBytesTest, SeedsDiffer) {
  std::set<Random::Seed> seeds;
  for (int i = 0; i < 100; ++i) seeds.insert(random_seed());

  EXPECT_EQ(seeds.size(), 100U);
}

TEST(RandomBytesTest, ErrorsHaveNames) {
  EXPECT_EQ(to_string(SuiteError::no_randomness), "no randomness");
  EXPECT_EQ(to_string(SuiteError::invalid_private_key), "invalid private key");
  EXPECT_EQ(to_string(SuiteError::mismatched_keys), "public key does not fit its private key");
  EXPECT_EQ(to_string(SuiteError::library_failure), "cryptographic library failed");
}

}  // namespace
}  // namespace pigeon::suite
