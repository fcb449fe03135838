#include "apps/support/quote.hpp"

#include <gtest/gtest.h>

namespace apps {
namespace {

TEST(QuoteTest, QuotesWhatATerminalMightObey) {
  EXPECT_EQ(quote("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(quote("\x1b[2J\x7f\xc2\x9b"), "\"\\x1b[2J\\x7f\\xc2\\x9b\"");
  EXPECT_EQ(quote("abcdef", 3), "\"abc...\"");
}

}  // namespace
}  // namespace apps
