#include "hub/islands.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/network_testing.hpp"

namespace pigeon::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr Instant now{1h};

class IslandsTest : public ::testing::Test, protected NetworkUnderTest {
 protected:
  std::vector<Peer*> add_island(std::size_t size, std::size_t slots) {
    std::vector<Peer*> island;
    while (island.size() < size) island.push_back(&add_member(slots));
    for (std::size_t i = 1; i < size; ++i) {
      set_link(*island[i - 1], *island[i], LinkState::answered, now);
    }
    return island;
  }
};

TEST_F(IslandsTest, FindsThePartsTheLargestFirst) {
  const auto small = add_island(2, 3);
  const auto large = add_island(3, 3);
  add_member();

  const auto islands = find_islands(network());

  EXPECT_THAT(islands, ElementsAre(UnorderedElementsAre(large[0], large[1], large[2]),
                                   UnorderedElementsAre(small[0], small[1])));
}

TEST_F(IslandsTest, ABridgeHasRoomAtBothEnds) {
  const auto mainland = add_island(3, 2);
  const auto island = add_island(2, 3);
  std::size_t looks_left = 100;

  const Bridge bridge = find_bridge(island, mainland, looks_left, now);

  EXPECT_EQ(bridge.a, island[0]);
  EXPECT_EQ(bridge.b, mainland[0]);
  EXPECT_EQ(looks_left, 98U);
}

TEST_F(IslandsTest, AllSearchesTogetherLookNoMoreThanTheyMay) {
  // Nobody has room, so every search is in vain.
  const auto mainland = add_island(20, 1);
  const auto first = add_island(2, 1);
  const auto second = add_island(2, 1);
  std::size_t looks_left = 26;

  EXPECT_EQ(find_bridge(first, mainland, looks_left, now).a, nullptr);
  EXPECT_EQ(looks_left, 2U);
  EXPECT_EQ(find_bridge(second, mainland, looks_left, now).a, nullptr);
  EXPECT_EQ(looks_left, 0U);
}

TEST_F(IslandsTest, WithoutALookNothingIsFound) {
  const auto mainland = add_island(2, 3);
  const auto island = add_island(2, 3);
  std::size_t looks_left = 0;

  EXPECT_EQ(find_bridge(island, mainland, looks_left, now).a, nullptr);
}

}  // namespace
}  // namespace pigeon::hub
