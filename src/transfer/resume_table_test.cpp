#include "transfer/resume_table.hpp"

#include <string>

#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

namespace pigeon::transfer {
namespace {

constexpr Instant start{1h};

TEST(ResumeTableTest, GivesAnOffsetOnce) {
  ResumeTable table(8, 10min);
  table.remember({alice, "t", 100}, 40, start);

  EXPECT_EQ(table.take({alice, "t", 100}, start + 9min), 40U);
  EXPECT_EQ(table.take({alice, "t", 100}, start + 9min), 0U);
}

TEST(ResumeTableTest, AnotherPeerTokenOrSizeIsAnotherStream) {
  ResumeTable table(8, 10min);
  table.remember({alice, "t", 100}, 40, start);

  EXPECT_EQ(table.take({bob, "t", 100}, start), 0U);
  EXPECT_EQ(table.take({alice, "u", 100}, start), 0U);
  EXPECT_EQ(table.take({alice, "t", 101}, start), 0U);
  EXPECT_EQ(table.take({alice, "t", std::nullopt}, start), 0U);
  EXPECT_EQ(table.take({alice, "t", 100}, start), 40U);
}

TEST(ResumeTableTest, ForgetsAfterItsTime) {
  ResumeTable table(8, 10min);
  table.remember({alice, "t", {}}, 40, start);

  EXPECT_EQ(table.take({alice, "t", {}}, start + 10min), 0U);
  EXPECT_EQ(table.size(), 0U);
}

TEST(ResumeTableTest, TheLastOffsetOfATokenCounts) {
  ResumeTable table(8, 10min);
  table.remember({alice, "t", {}}, 40, start);
  table.remember({alice, "t", {}}, 70, start);

  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.take({alice, "t", {}}, start), 70U);
}

TEST(ResumeTableTest, OnePeerCannotPushTheOthersOut) {
  ResumeTable table(8, 10min);
  table.remember({bob, "t", {}}, 7, start);

  for (int i = 0; i < 100; ++i) table.remember({alice, std::to_string(i), {}}, 1, start);

  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.take({alice, "97", {}}, start), 0U);
  EXPECT_EQ(table.take({alice, "98", {}}, start), 1U);
  EXPECT_EQ(table.take({bob, "t", {}}, start), 7U);
}

TEST(ResumeTableTest, WhenFullTheOldestOfAllIsForgotten) {
  ResumeTable table(8, 10min);
  for (std::uint8_t i = 0; i < 9; ++i) table.remember({test_peer(i), "t", {}}, 1, start);

  EXPECT_EQ(table.size(), 8U);
  EXPECT_EQ(table.take({test_peer(0), "t", {}}, start), 0U);
  EXPECT_EQ(table.take({test_peer(1), "t", {}}, start), 1U);
}

TEST(ResumeTableTest, WithoutPlacesNothingIsKept) {
  ResumeTable table(0, 10min);
  table.remember({alice, "t", {}}, 1, start);

  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace pigeon::transfer
