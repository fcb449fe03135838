#include "base/lru_set.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/keyed_hash.hpp"
#include "base/peer_id.hpp"
#include "base/random.hpp"

namespace pigeon {
namespace {

using testing::ElementsAre;

constexpr Instant at(Duration since_start) { return Instant(since_start); }

class LruSetTest : public testing::Test {
 protected:
  using Set = LruSet<std::string, KeyedHash>;

  Set make_set(LruLimits limits) { return Set(limits, KeyedHash(random_)); }

  static std::vector<std::string> keys_of(const Set& set) { return {set.begin(), set.end()}; }

  Random random_ = Random::from_number(1);
};

TEST_F(LruSetTest, SaysWhetherAKeyIsNew) {
  Set set = make_set({.count_max = 3});

  EXPECT_TRUE(set.insert("a", at(0s)));
  EXPECT_FALSE(set.insert("a", at(0s)));
  EXPECT_TRUE(set.contains(std::string_view("a")));
  EXPECT_FALSE(set.contains("b"));
}

TEST_F(LruSetTest, ForgetsTheOldestAtTheLimit) {
  Set set = make_set({.count_max = 2});
  set.insert("a", at(0s));
  set.insert("b", at(0s));

  set.insert("c", at(0s));

  EXPECT_THAT(keys_of(set), ElementsAre("c", "b"));
}

TEST_F(LruSetTest, SecondInsertionDoesNotRenew) {
  Set set = make_set({.count_max = 2, .time_to_live = 10s});
  set.insert("a", at(0s));
  set.insert("b", at(1s));

  set.insert("a", at(9s));

  EXPECT_THAT(keys_of(set), ElementsAre("b", "a"));
  EXPECT_EQ(set.next_timeout(), at(10s));
  EXPECT_EQ(set.expire(at(10s)), 1U);
  EXPECT_FALSE(set.contains("a"));
}

TEST_F(LruSetTest, TouchRenews) {
  Set set = make_set({.count_max = 2, .time_to_live = 10s});
  set.insert("a", at(0s));
  set.insert("b", at(1s));

  EXPECT_TRUE(set.touch("a", at(5s)));
  EXPECT_FALSE(set.touch("c", at(5s)));

  EXPECT_THAT(keys_of(set), ElementsAre("a", "b"));
  EXPECT_EQ(set.next_timeout(), at(11s));
}

TEST_F(LruSetTest, TakesOutOldestAndExpired) {
  Set set = make_set({.count_max = 4, .time_to_live = 10s});
  set.insert("a", at(0s));
  set.insert("b", at(1s));
  set.insert("c", at(2s));

  EXPECT_EQ(set.evict_oldest(), "a");
  EXPECT_EQ(set.evict_expired(at(10s)), std::nullopt);
  EXPECT_EQ(set.evict_expired(at(11s)), "b");
  EXPECT_TRUE(set.erase("c"));
  EXPECT_EQ(set.evict_oldest(), std::nullopt);
}

TEST_F(LruSetTest, ClearedSetCanBeUsedAgain) {
  Set set = make_set({.count_max = 2});
  set.insert("a", at(0s));
  set.insert("b", at(0s));
  EXPECT_TRUE(set.full());

  set.clear();

  EXPECT_TRUE(set.empty());
  EXPECT_TRUE(set.insert("a", at(0s)));
}

TEST_F(LruSetTest, HoldsManyIds) {
  LruSet<PeerId, KeyedHash> set({.count_max = 10'000}, KeyedHash(random_));
  std::vector<PeerId> ids;
  for (int i = 0; i < 15'000; ++i) {
    ids.push_back(random_.id<PeerId>());
    ASSERT_TRUE(set.insert(ids.back(), at(0s)));
  }

  EXPECT_EQ(set.size(), 10'000U);
  for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(set.contains(ids[i]), i >= 5'000);
  EXPECT_TRUE(std::equal(set.begin(), set.end(), ids.rbegin()));
}

// The memory of a table is mostly its nodes: they carry nothing for the values that a set lacks.
TEST_F(LruSetTest, ValuesThatAreNotThereTakeNoSpace) {
  struct Nothing {};
  using Node = LruTable<PeerId, Nothing, KeyedHash>::Node;

  EXPECT_EQ(sizeof(Node), sizeof(PeerId) + 4 + sizeof(Instant) + 3 * 4 + 4);
}

}  // namespace
}  // namespace pigeon
