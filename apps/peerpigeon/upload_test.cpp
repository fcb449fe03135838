#include "apps/peerpigeon/upload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

using ::testing::HasSubstr;

TEST(ProgressTest, ShowsShareAndRate) {
  EXPECT_EQ(progress_line(500'000, 1'000'000, 0.5),
            "[###############...............]  50 %  500.0 kB of 1.0 MB, 1.0 MB/s");
  EXPECT_THAT(progress_line(0, 0, 0), HasSubstr("100 %"));
}

}  // namespace
}  // namespace peerpigeon
