#include "base/lru_map.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/keyed_hash.hpp"
#include "base/random.hpp"

namespace pigeon {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr Instant at(Duration since_start) { return Instant(since_start); }

struct IdentityHash {
  std::size_t operator()(int key) const { return static_cast<std::size_t>(key); }
};
/// The worst hash there is: all keys share one bucket.
struct ConstantHash {
  std::size_t operator()(int) const { return 7; }
};

using IntMap = LruMap<int, std::string, IdentityHash>;

template <class Map>
std::vector<std::pair<int, std::string>> items_of(const Map& map) {
  std::vector<std::pair<int, std::string>> items;
  for (const auto& [key, value] : map) items.emplace_back(key, value);
  return items;
}

TEST(LruMapTest, FindsWhatWasInserted) {
  IntMap map({.count_max = 4});

  map.insert(1, "one", at(0s));

  ASSERT_NE(map.find(1), nullptr);
  EXPECT_EQ(*map.find(1), "one");
  EXPECT_EQ(map.find(2), nullptr);
  EXPECT_TRUE(map.contains(1));
  EXPECT_FALSE(map.contains(2));
}

TEST(LruMapTest, EmptyMapAnswersEverything) {
  IntMap map({.count_max = 4, .time_to_live = 1s});

  EXPECT_EQ(map.find(1), nullptr);
  EXPECT_EQ(map.touch(1, at(0s)), nullptr);
  EXPECT_FALSE(map.erase(1));
  EXPECT_FALSE(map.evict_oldest().has_value());
  EXPECT_EQ(map.expire(Instant::max()), 0U);
  EXPECT_EQ(map.next_timeout(), Instant::max());
  EXPECT_THAT(items_of(map), ElementsAre());
}

TEST(LruMapTest, IteratesFromNewestToOldest) {
  IntMap map({.count_max = 4});
  map.insert(30, "a", at(0s));
  map.insert(10, "b", at(0s));
  map.insert(20, "c", at(0s));

  EXPECT_THAT(items_of(map), ElementsAre(Pair(20, "c"), Pair(10, "b"), Pair(30, "a")));
}

TEST(LruMapTest, ValuesCanBeChangedWhileIterating) {
  IntMap map({.count_max = 4});
  map.insert(1, "a", at(0s));

  for (auto [key, value] : map) value += "!";

  EXPECT_EQ(*map.find(1), "a!");
}

TEST(LruMapTest, DropsTheOldestAtTheLimit) {
  IntMap map({.count_max = 2});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(1s));
  EXPECT_TRUE(map.full());

  map.insert(3, "c", at(2s));

  EXPECT_THAT(items_of(map), ElementsAre(Pair(3, "c"), Pair(2, "b")));
}

TEST(LruMapTest, LookingUpDoesNotRenew) {
  IntMap map({.count_max = 2});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(0s));

  map.find(1);
  map.insert(3, "c", at(0s));

  EXPECT_FALSE(map.contains(1));
}

TEST(LruMapTest, TouchRenews) {
  IntMap map({.count_max = 2});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(0s));

  ASSERT_NE(map.touch(1, at(0s)), nullptr);
  map.insert(3, "c", at(0s));

  EXPECT_THAT(items_of(map), ElementsAre(Pair(3, "c"), Pair(1, "a")));
}

TEST(LruMapTest, InsertingAKeyAgainReplacesAndRenews) {
  IntMap map({.count_max = 2});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(0s));

  map.insert(1, "A", at(0s));

  EXPECT_THAT(items_of(map), ElementsAre(Pair(1, "A"), Pair(2, "b")));
}

TEST(LruMapTest, EvictsTheOldestWithItsValue) {
  IntMap map({.count_max = 3});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(0s));

  const auto evicted = map.evict_oldest();

  ASSERT_TRUE(evicted.has_value());
  EXPECT_EQ(evicted->key, 1);
  EXPECT_EQ(evicted->value, "a");
  EXPECT_THAT(items_of(map), ElementsAre(Pair(2, "b")));
}

TEST(LruMapTest, ExpiresWhatIsOldEnough) {
  IntMap map({.count_max = 4, .time_to_live = 10s});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(4s));

  EXPECT_EQ(map.next_timeout(), at(10s));
  EXPECT_EQ(map.expire(at(10s) - 1us), 0U);
  EXPECT_EQ(map.expire(at(10s)), 1U);

  EXPECT_THAT(items_of(map), ElementsAre(Pair(2, "b")));
  EXPECT_EQ(map.next_timeout(), at(14s));
}

TEST(LruMapTest, HandsOutExpiredEntriesOldestFirst) {
  IntMap map({.count_max = 4, .time_to_live = 10s});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(1s));
  map.insert(3, "c", at(9s));

  std::vector<int> keys;
  while (const auto entry = map.evict_expired(at(12s))) keys.push_back(entry->key);

  EXPECT_THAT(keys, ElementsAre(1, 2));
}

TEST(LruMapTest, TouchExtendsTheTimeToLive) {
  IntMap map({.count_max = 4, .time_to_live = 10s});
  map.insert(1, "a", at(0s));

  map.touch(1, at(9s));

  EXPECT_EQ(map.expire(at(18s)), 0U);
  EXPECT_EQ(map.expire(at(19s)), 1U);
}

TEST(LruMapTest, WithoutTimeToLiveNothingExpires) {
  IntMap map({.count_max = 4});
  map.insert(1, "a", Instant::min());
  map.insert(2, "b", Instant::max());

  EXPECT_EQ(map.next_timeout(), Instant::max());
  EXPECT_EQ(map.expire(Instant::max()), 0U);
}

TEST(LruMapTest, TimesAtTheEndsOfTheTimeLineDoNotOverflow) {
  IntMap map({.count_max = 4, .time_to_live = Duration::max() - 1us});
  map.insert(1, "a", Instant::min());
  EXPECT_EQ(map.next_timeout(), Instant::min() + (Duration::max() - 1us));
  map.insert(2, "b", Instant::max());
  map.erase(1);

  EXPECT_EQ(map.next_timeout(), Instant::max());
  EXPECT_EQ(map.expire(Instant::max()), 0U);
}

TEST(LruMapTest, ClockThatStepsBackKeepsTheOrder) {
  IntMap map({.count_max = 4, .time_to_live = 10s});
  map.insert(1, "a", at(100s));
  map.insert(2, "b", at(50s));

  EXPECT_EQ(map.next_timeout(), at(110s));
  map.erase(1);
  EXPECT_EQ(map.next_timeout(), at(110s));
}

TEST(LruMapTest, SoleEntryTouchedInThePastKeepsItsTime) {
  IntMap map({.count_max = 4, .time_to_live = 10s});
  map.insert(1, "a", at(100s));

  map.touch(1, at(50s));

  EXPECT_EQ(map.next_timeout(), at(110s));
}

TEST(LruMapTest, CountOfOneHoldsTheNewest) {
  IntMap map({.count_max = 1});
  for (int key = 0; key < 10; ++key) map.insert(key, "v", at(0s));

  EXPECT_THAT(items_of(map), ElementsAre(Pair(9, "v")));
}

TEST(LruMapTest, ClearedMapCanBeUsedAgain) {
  IntMap map({.count_max = 4});
  for (int key = 0; key < 10; ++key) map.insert(key, "v", at(0s));

  map.clear();
  EXPECT_TRUE(map.empty());
  EXPECT_FALSE(map.contains(9));
  map.insert(1, "a", at(0s));

  EXPECT_THAT(items_of(map), ElementsAre(Pair(1, "a")));
}

TEST(LruMapTest, MovesWithItsContent) {
  IntMap map({.count_max = 4});
  map.insert(1, "a", at(0s));

  IntMap moved = std::move(map);
  moved.insert(2, "b", at(0s));

  EXPECT_THAT(items_of(moved), ElementsAre(Pair(2, "b"), Pair(1, "a")));
}

TEST(LruMapTest, CopyLivesOnItsOwn) {
  IntMap map({.count_max = 4});
  map.insert(1, "a", at(0s));
  map.insert(2, "b", at(0s));

  IntMap copy = map;
  copy.insert(3, "c", at(0s));
  map.erase(2);

  EXPECT_THAT(items_of(map), ElementsAre(Pair(1, "a")));
  EXPECT_THAT(items_of(copy), ElementsAre(Pair(3, "c"), Pair(2, "b"), Pair(1, "a")));
}

TEST(LruMapTest, HoldsValuesThatOnlyMove) {
  LruMap<int, std::unique_ptr<int>, IdentityHash> map({.count_max = 2});
  for (int key = 0; key < 5; ++key) map.insert(key, std::make_unique<int>(key), at(0s));

  EXPECT_EQ(**map.find(4), 4);
  EXPECT_EQ(*map.evict_oldest()->value, 3);
}

TEST(LruMapTest, LetsGoOfWhatWasRemoved) {
  const auto value = std::make_shared<int>(1);
  LruMap<int, std::shared_ptr<int>, IdentityHash> map({.count_max = 8});
  for (int key = 0; key < 5; ++key) map.insert(key, value, at(0s));

  map.erase(2);
  map.erase(4);
  map.evict_oldest();

  EXPECT_EQ(value.use_count(), 3);
}

TEST(LruMapTest, FindsTextKeysWithoutCopyingThem) {
  Random random = Random::from_number(1);
  LruMap<std::string, int, KeyedHash> map({.count_max = 4}, KeyedHash(random));
  map.insert("alice", 1, at(0s));

  EXPECT_EQ(*map.find(std::string_view("alice")), 1);
  EXPECT_EQ(map.find(std::string_view("bob")), nullptr);
  EXPECT_TRUE(map.erase(std::string_view("alice")));
}

TEST(LruMapTest, HashDoesNotShowInTheOrder) {
  LruMap<int, std::string, IdentityHash> one({.count_max = 50});
  LruMap<int, std::string, ConstantHash> other({.count_max = 50});
  Random random = Random::from_number(3);
  for (int step = 0; step < 3'000; ++step) {
    const int key = static_cast<int>(random.below(100));
    if (random.chance(1, 3)) {
      EXPECT_EQ(one.erase(key), other.erase(key));
    } else {
      one.insert(key, std::to_string(step), at(0s));
      other.insert(key, std::to_string(step), at(0s));
    }
  }

  EXPECT_EQ(items_of(one), items_of(other));
}

/// What the map promises, written without any cleverness. Newest first.
struct Model {
  struct Row {
    int key;
    std::string value;
    Instant renewed;
  };

  explicit Model(LruLimits bounds) : limits(bounds) {}

  auto find(int key) {
    return std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.key == key; });
  }
  bool erase(int key) {
    return std::erase_if(rows, [&](const Row& row) { return row.key == key; }) == 1;
  }
  void insert(int key, std::string value, Instant now) {
    erase(key);
    if (rows.size() == limits.count_max) rows.pop_back();
    rows.insert(rows.begin(), {key, std::move(value), now});
  }
  bool touch(int key, Instant now) {
    const auto row = find(key);
    if (row == rows.end()) return false;
    insert(key, std::string(row->value), now);
    return true;
  }
  std::size_t expire(Instant now) {
    return std::erase_if(rows,
                         [&](const Row& row) { return row.renewed + limits.time_to_live <= now; });
  }
  Instant next_timeout() const {
    return rows.empty() ? Instant::max() : rows.back().renewed + limits.time_to_live;
  }

  LruLimits limits;
  std::vector<Row> rows;
};

template <class Hash>
void compare_with_model(LruLimits limits, std::uint64_t seed) {
  Random random = Random::from_number(seed);
  LruMap<int, std::string, Hash> map(limits);
  Model model(limits);
  Instant now = at(0s);
  for (int step = 0; step < 1'500; ++step) {
    now += Duration(static_cast<std::int64_t>(random.below(1'000)));
    const int key = static_cast<int>(random.below(3 * limits.count_max));
    // Long runs of growing and of shrinking, so that the memory does both.
    const bool shrinking = step / 300 % 2 == 1;
    const std::uint64_t choice = random.below(10);
    if (choice < (shrinking ? 1U : 6U)) {
      map.insert(key, std::to_string(step), now);
      model.insert(key, std::to_string(step), now);
    } else if (choice < 7) {
      ASSERT_EQ(map.erase(key), model.erase(key));
    } else if (choice < 8) {
      ASSERT_EQ(map.touch(key, now) != nullptr, model.touch(key, now));
    } else if (choice < 9) {
      ASSERT_EQ(map.expire(now), model.expire(now));
    } else if (random.chance(1, 2) && !model.rows.empty()) {
      ASSERT_EQ(map.evict_oldest()->key, model.rows.back().key);
      model.rows.pop_back();
    }

    ASSERT_EQ(map.size(), model.rows.size());
    ASSERT_EQ(map.next_timeout(), model.next_timeout());
    ASSERT_EQ(map.contains(key), model.find(key) != model.rows.end());
    auto row = model.rows.begin();
    for (const auto& [seen_key, seen_value] : map) {
      ASSERT_EQ(seen_key, row->key);
      ASSERT_EQ(seen_value, row->value);
      ASSERT_EQ(map.find(seen_key), &seen_value);
      ++row;
    }
  }
}

TEST(LruMapTest, BehavesLikeTheModel) {
  std::uint64_t seed = 100;
  for (const std::size_t count_max : {1U, 2U, 5U, 8U, 9U, 64U}) {
    const LruLimits limits{.count_max = count_max, .time_to_live = 20ms};
    for (int run = 0; run < 5; ++run) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      compare_with_model<IdentityHash>(limits, seed);
      compare_with_model<ConstantHash>(limits, seed);
      ++seed;
    }
  }
}

using LruMapDeathTest = testing::Test;

TEST(LruMapDeathTest, StopsOnLimitsThatHoldNothing) {
  EXPECT_DEATH(IntMap({.count_max = 0}), "count_max >= 1");
  EXPECT_DEATH(IntMap({.count_max = 1, .time_to_live = 0s}), "time_to_live");
}

}  // namespace
}  // namespace pigeon
