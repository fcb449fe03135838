#include "wire/timestamp.hpp"

#include <gtest/gtest.h>

namespace pigeon::wire {
namespace {

TEST(TimestampTest, PrintsWhatJavaScriptPrints) {
  EXPECT_EQ(iso_timestamp(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_timestamp(1'795'225'350'710), "2026-11-21T01:42:30.710Z");
  EXPECT_EQ(iso_timestamp(951'782'400'005), "2000-02-29T00:00:00.005Z");
  EXPECT_EQ(iso_timestamp(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace pigeon::wire
