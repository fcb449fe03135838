#include "base/wipe.hpp"

#include <gtest/gtest.h>

namespace pigeon {
namespace {

TEST(WipeTest, OverwritesTheSpanAndNothingBeside) {
  Bytes bytes(10, 0xaa);

  wipe(MutableBytesView(bytes).subspan(3, 4));

  EXPECT_EQ(bytes, (Bytes{0xaa, 0xaa, 0xaa, 0, 0, 0, 0, 0xaa, 0xaa, 0xaa}));
}

TEST(WipeTest, AWiperWorksWhenItGoes) {
  std::string text = "secret";
  {
    const Wiper wiper(text);
    EXPECT_EQ(text, "secret");
  }

  EXPECT_EQ(text, std::string(6, '\0'));
}

}  // namespace
}  // namespace pigeon
