#include "pigeon/safe_text.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pigeon {
namespace {

TEST(SafeTextTest, LeavesWritingAsItIs) {
  EXPECT_EQ(safe_text("plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa6"),
            "plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa6");
}

TEST(SafeTextTest, ShowsWhatATerminalMightObey) {
  EXPECT_EQ(safe_text("\x1b[2J\a\r\n\x7f"), "\\x1b[2J\\x07\\x0d\\x0a\\x7f");
  EXPECT_EQ(safe_text("\xc2\x9b[2J"), "\\x9b[2J");
  EXPECT_EQ(safe_text("a\xe2\x80\xae"
                      "b\xef\xbb\xbf\xf3\xa0\x81\x81"),
            "a\\u202eb\\ufeff\\u{e0041}");
}

TEST(SafeTextTest, ShowsBytesThatAreNoText) {
  EXPECT_EQ(safe_text("\xff"), "\\xff");
  EXPECT_EQ(safe_text("a\xc3"), "a\\xc3");
  // Overlong, a surrogate, and beyond the last code point.
  EXPECT_EQ(safe_text("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(safe_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(safe_text("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(SafeTextTest, IsBounded) {
  EXPECT_EQ(safe_text("abcdef", 3), "abc...");
  EXPECT_LE(safe_text(std::string(100'000, '\x1b')).size(), 4 * 4'000 + 3U);
}

TEST(SafeTextTest, JsonStaysTheSameValue) {
  EXPECT_EQ(safe_json("{\"text\":\"a\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\\u001b\x7f \xc3\xa4\"}"),
            "{\"text\":\"a\\u009b\\u202e\\udb40\\udc41\\u001b\\u007f \xc3\xa4\"}");
  EXPECT_EQ(safe_json("\"\xff\""), "\"\\ufffd\"");
  EXPECT_EQ(safe_json("{\r\n\t\"a\":1}"), "{   \"a\":1}");
}

TEST(SafeTextTest, MakesValidUtf8) {
  EXPECT_EQ(valid_utf8("a\xff\xc3\xa4"), "a\xef\xbf\xbd\xc3\xa4");
}

}  // namespace
}  // namespace pigeon
