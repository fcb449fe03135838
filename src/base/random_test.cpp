#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "base/peer_id.hpp"

namespace pigeon {
namespace {

Bytes drawn(Random& random, std::size_t count) {
  Bytes bytes(count);
  random.fill(bytes);
  return bytes;
}

// RFC 8439 appendix A.1, vectors 1 and 2.
TEST(RandomTest, IsTheKeyStreamOfChaCha20) {
  Random random(Random::Seed{});

  EXPECT_EQ(encode_hex(drawn(random, 64)),
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
            "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
  EXPECT_EQ(encode_hex(drawn(random, 64)),
            "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
            "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
}

// RFC 8439 appendix A.1, vector 3: the second block under this key.
TEST(RandomTest, UsesTheWholeSeed) {
  Random::Seed seed{};
  seed.back() = 1;
  Random random(seed);
  drawn(random, 64);

  EXPECT_EQ(encode_hex(drawn(random, 64)),
            "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
            "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0");
}

TEST(RandomTest, NumberIsTheStartOfTheSeedInLittleEndianOrder) {
  Random::Seed seed{};
  seed[0] = 0x02;
  seed[7] = 0x01;
  Random from_seed(seed);
  Random from_number = Random::from_number(0x0100000000000002);

  EXPECT_EQ(from_seed.next_u64(), from_number.next_u64());
}

TEST(RandomTest, PiecesOfAnySizeMakeTheSameStream) {
  Random whole = Random::from_number(1);
  const Bytes expected = drawn(whole, 1'000);
  Random sizes = Random::from_number(2);
  Random pieces = Random::from_number(1);

  Bytes joined;
  while (joined.size() < expected.size()) {
    const Bytes piece =
        drawn(pieces, std::min<std::size_t>(sizes.below(200), 1'000 - joined.size()));
    joined.insert(joined.end(), piece.begin(), piece.end());
  }

  EXPECT_EQ(joined, expected);
}

TEST(RandomTest, WordsAreLittleEndian) {
  Random random(Random::Seed{});

  EXPECT_EQ(random.next_u64(), 0x903df1a0ade0b876U);
}

TEST(RandomTest, BelowStaysBelowAndReachesEverything) {
  Random random = Random::from_number(1);
  for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 10U}) {
    std::vector<int> counts(bound, 0);
    for (std::uint64_t i = 0; i < 1'000 * bound; ++i) {
      const std::uint64_t value = random.below(bound);
      ASSERT_LT(value, bound);
      ++counts[value];
    }
    // Six standard deviations around 1,000; the seed is fixed, so this never flickers.
    for (const int count : counts) EXPECT_NEAR(count, 1'000, 190);
  }
}

TEST(RandomTest, BelowALargeBoundIsUniform) {
  // A plain modulo would give values below 2^62 twice as often as the rest.
  Random random = Random::from_number(3);
  constexpr std::uint64_t bound = 3ULL << 62U;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t value = random.below(bound);
    ASSERT_LT(value, bound);
    if (value < 1ULL << 62U) ++low;
  }

  EXPECT_NEAR(low, 10'000, 500);
}

TEST(RandomTest, ChanceFollowsItsFraction) {
  Random random = Random::from_number(4);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (random.chance(1, 4)) ++hits;
    ASSERT_FALSE(random.chance(0, 5));
    ASSERT_TRUE(random.chance(5, 5));
  }

  EXPECT_NEAR(hits, 2'500, 260);
}

TEST(RandomTest, SplitStreamsAreIndependentOfLaterDraws) {
  Random one = Random::from_number(5);
  Random other = Random::from_number(5);

  Random child_of_one = one.split();
  one.next_u64();
  Random child_of_other = other.split();

  EXPECT_EQ(child_of_one.next_u64(), child_of_other.next_u64());
  EXPECT_NE(child_of_one.next_u64(), one.next_u64());
}

TEST(RandomTest, SplittingTwiceGivesDifferentStreams) {
  Random random = Random::from_number(6);

  EXPECT_NE(random.split().next_u64(), random.split().next_u64());
}

TEST(RandomTest, IdsTakeTheNextBytes) {
  Random random(Random::Seed{});

  EXPECT_EQ(random.id<PeerId>().to_text(), "76b8e0ada0f13d90405d6ae55386bd28bdd219b8");
}

TEST(RandomTest, ShuffleGivesEveryOrder) {
  Random random = Random::from_number(7);
  std::vector<std::array<int, 3>> orders;
  std::vector<int> counts;
  for (int i = 0; i < 6'000; ++i) {
    std::array<int, 3> items{1, 2, 3};
    random.shuffle(std::span<int>(items));
    const auto found = std::find(orders.begin(), orders.end(), items);
    if (found == orders.end()) {
      orders.push_back(items);
      counts.push_back(1);
    } else {
      ++counts[static_cast<std::size_t>(found - orders.begin())];
    }
  }

  EXPECT_EQ(orders.size(), 6U);
  for (const int count : counts) EXPECT_NEAR(count, 1'000, 190);
}

TEST(RandomTest, ShuffleOfFewItemsDoesNothing) {
  Random random = Random::from_number(8);
  std::vector<int> none;
  std::vector<int> one{1};

  random.shuffle(std::span<int>(none));
  random.shuffle(std::span<int>(one));

  EXPECT_EQ(one, std::vector<int>{1});
}

using RandomDeathTest = testing::Test;

TEST(RandomDeathTest, StopsOnAnEmptyRange) {
  Random random = Random::from_number(9);

  EXPECT_DEATH(random.below(0), "bound != 0");
}

}  // namespace
}  // namespace pigeon
