#include "rtc/sdp/line_list.hpp"

#include <gmock/gmock.h>

namespace pigeon::sdp {
namespace {

using testing::ElementsAre;

TEST(LineListTest, KeepsLinesInTheirOrderEvenIfEmpty) {
  LineList lines;
  lines.add("one");
  lines.add("");
  lines.add("two");

  EXPECT_THAT(std::vector<std::string_view>(lines.begin(), lines.end()),
              ElementsAre("one", "", "two"));
  EXPECT_EQ(lines, (LineList{"one", "", "two"}));
}

TEST(LineListTest, ContainsWholeLinesOnly) {
  const LineList lines{"rtcp-mux", "rtpmap:0 PCMU/8000"};

  EXPECT_TRUE(lines.contains("rtcp-mux"));
  EXPECT_FALSE(lines.contains("rtcp"));
  EXPECT_FALSE(lines.contains("PCMU/8000"));
}

TEST(LineListTest, HasNothingAtFirst) {
  const LineList lines;

  EXPECT_TRUE(lines.empty());
  EXPECT_TRUE(lines.begin() == lines.end());
}

}  // namespace
}  // namespace pigeon::sdp
