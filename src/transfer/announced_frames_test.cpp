#include "transfer/announced_frames.hpp"

#include <gtest/gtest.h>

namespace pigeon::transfer {
namespace {

using Kind = AnnouncedFrame::Kind;

TEST(AnnouncedFramesTest, GivesHeadersInTheirOrder) {
  AnnouncedFrames frames(4);
  EXPECT_TRUE(frames.push({.kind = Kind::message, .size = 1}));
  EXPECT_TRUE(frames.push({.kind = Kind::chunk, .stream = StreamKey{7}, .size = 2}));

  const auto first = frames.pop();
  const auto second = frames.pop();

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->kind, Kind::message);
  EXPECT_EQ(first->size, 1U);
  EXPECT_EQ(second->stream, StreamKey{7});
  EXPECT_FALSE(frames.pop());
}

TEST(AnnouncedFramesTest, CountsThoseBeyondTheBoundSoThatNoFrameIsTakenForAnother) {
  AnnouncedFrames frames(2);
  EXPECT_TRUE(frames.push({.kind = Kind::message, .size = 1}));
  EXPECT_TRUE(frames.push({.kind = Kind::message, .size = 2}));
  EXPECT_FALSE(frames.push({.kind = Kind::message, .size = 3}));
  EXPECT_EQ(frames.pop()->size, 1U);
  // There is a place free, but the third frame comes before this one.
  EXPECT_FALSE(frames.push({.kind = Kind::message, .size = 4}));

  EXPECT_EQ(frames.pop()->size, 2U);
  EXPECT_EQ(frames.pop()->kind, Kind::unwanted);
  EXPECT_EQ(frames.pop()->kind, Kind::unwanted);
  EXPECT_TRUE(frames.push({.kind = Kind::message, .size = 5}));
  EXPECT_EQ(frames.pop()->size, 5U);
  EXPECT_FALSE(frames.pop());
}

}  // namespace
}  // namespace pigeon::transfer
