#include "base/ring_buffer.hpp"

#include <deque>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

TEST(RingBufferTest, StartsEmpty) {
  RingBuffer<int> ring(3);

  EXPECT_TRUE(ring.empty());
  EXPECT_FALSE(ring.full());
  EXPECT_EQ(ring.capacity(), 3U);
  EXPECT_EQ(ring.pop_front(), std::nullopt);
}

TEST(RingBufferTest, PushBackDropsTheOldestWhenFull) {
  RingBuffer<int> ring(2);

  EXPECT_EQ(ring.push_back(1), std::nullopt);
  EXPECT_EQ(ring.push_back(2), std::nullopt);
  EXPECT_EQ(ring.push_back(3), 1);

  EXPECT_EQ(ring.size(), 2U);
  EXPECT_EQ(ring.front(), 2);
  EXPECT_EQ(ring.back(), 3);
}

TEST(RingBufferTest, TryPushBackRefusesWhenFull) {
  RingBuffer<int> ring(1);

  EXPECT_TRUE(ring.try_push_back(1));
  EXPECT_FALSE(ring.try_push_back(2));

  EXPECT_EQ(ring.front(), 1);
}

TEST(RingBufferTest, HoldsItemsThatOnlyMove) {
  RingBuffer<std::unique_ptr<int>> ring(1);
  ring.push_back(std::make_unique<int>(1));

  const auto dropped = ring.push_back(std::make_unique<int>(2));

  ASSERT_TRUE(dropped.has_value());
  EXPECT_EQ(**dropped, 1);
  EXPECT_EQ(*ring[0], 2);
}

TEST(RingBufferTest, LetsGoOfWhatWasTakenOut) {
  const auto item = std::make_shared<int>(1);
  RingBuffer<std::shared_ptr<int>> ring(4);
  ring.push_back(item);
  ring.push_back(item);
  ring.push_back(item);

  ring.pop_front();
  EXPECT_EQ(item.use_count(), 3);
  ring.clear();
  EXPECT_EQ(item.use_count(), 1);
}

TEST(RingBufferTest, LetsGoOfItemsThatCopyWhenMoved) {
  struct Copied {
    std::shared_ptr<int> content;

    Copied() = default;
    explicit Copied(std::shared_ptr<int> shared) : content(std::move(shared)) {}
    Copied(const Copied&) = default;
    Copied& operator=(const Copied&) = default;
    ~Copied() = default;
  };
  const auto item = std::make_shared<int>(1);
  RingBuffer<Copied> ring(4);
  ring.push_back(Copied(item));

  ring.pop_front();

  EXPECT_EQ(item.use_count(), 1);
}

TEST(RingBufferTest, BehavesLikeABoundedDeque) {
  for (const std::size_t capacity : {1U, 2U, 3U, 8U, 13U}) {
    Random random = Random::from_number(capacity);
    RingBuffer<std::uint64_t> ring(capacity);
    std::deque<std::uint64_t> model;
    for (int step = 0; step < 2'000; ++step) {
      const std::uint64_t item = random.next_u64();
      switch (random.below(4)) {
        case 0:
          ring.push_back(item);
          model.push_back(item);
          if (model.size() > capacity) model.pop_front();
          break;
        case 1:
          if (ring.try_push_back(item)) model.push_back(item);
          break;
        case 2:
          if (random.below(20) != 0) break;
          ring.clear();
          model.clear();
          break;
        default:
          ASSERT_EQ(ring.pop_front().has_value(), !model.empty());
          if (!model.empty()) model.pop_front();
      }
      ASSERT_EQ(ring.size(), model.size());
      ASSERT_EQ(ring.full(), model.size() == capacity);
      for (std::size_t i = 0; i < model.size(); ++i) ASSERT_EQ(ring[i], model[i]);
    }
  }
}

using RingBufferDeathTest = testing::Test;

TEST(RingBufferDeathTest, StopsOnAnIndexBehindTheEnd) {
  RingBuffer<int> ring(2);
  ring.push_back(1);

  EXPECT_EQ(ring[0], 1);
  EXPECT_DEATH(ring[1], "does not hold");
}

TEST(RingBufferDeathTest, StopsOnCapacityZero) {
  EXPECT_DEATH(RingBuffer<int>(0), "does not hold");
}

}  // namespace
}  // namespace pigeon
