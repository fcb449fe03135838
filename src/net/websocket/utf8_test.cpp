#include "net/websocket/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/bytes.hpp"

namespace pigeon::net::websocket {
namespace {

using namespace std::string_view_literals;

/// The bit patterns of RFC 3629 section 3, applied to any number, allowed or not.
std::string encode_utf8(std::uint32_t code_point, std::size_t size) {
  constexpr std::array<std::uint32_t, 5> lead_marks = {0, 0, 0xc0, 0xe0, 0xf0};
  if (size == 1) return {static_cast<char>(code_point)};
  std::string text;
  text.push_back(static_cast<char>(lead_marks[size] | code_point >> (6 * (size - 1))));
  for (std::size_t i = size - 1; i > 0; --i) {
    text.push_back(static_cast<char>(0x80U | (code_point >> (6 * (i - 1)) & 0x3fU)));
  }
  return text;
}

std::size_t shortest_size(std::uint32_t code_point) {
  if (code_point < 0x80) return 1;
  if (code_point < 0x800) return 2;
  return code_point < 0x10000 ? 3 : 4;
}

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xd800 && code_point <= 0xdfff; }

/// True if the text is valid, whole and fed in two pieces cut at every place.
bool is_utf8_however_cut(std::string_view text) {
  const bool whole = is_utf8(as_bytes(text));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Utf8Validator validator;
    const bool first = validator.feed(as_bytes(text.substr(0, cut)));
    const bool second = validator.feed(as_bytes(text.substr(cut)));
    EXPECT_TRUE(first || !second) << "recovered from an error";
    EXPECT_EQ(second && validator.complete(), whole) << "cut at " << cut;
  }
  return whole;
}

TEST(Utf8Test, AcceptsEachCodePointInItsShortestFormAndNoOther) {
  for (std::uint32_t code_point = 0; code_point <= 0x1fffff; ++code_point) {
    const bool allowed = code_point <= 0x10ffff && !is_surrogate(code_point);
    for (std::size_t size = shortest_size(code_point); size <= 4; ++size) {
      const bool expected = allowed && size == shortest_size(code_point);
      const std::string text = encode_utf8(code_point, size);
      ASSERT_EQ(is_utf8(as_bytes(text)), expected) << std::hex << code_point << " in " << size;
    }
  }
}

TEST(Utf8Test, AcceptsTheBoundaryCodePointsHoweverCut) {
  constexpr std::array<std::uint32_t, 20> boundaries = {
      0,      0x7f,   0x80,   0x7ff,  0x800,   0xfff,   0x1000,  0xcfff,  0xd000,   0xd7ff,
      0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x3ffff, 0x40000, 0xfffff, 0x100000, 0x10ffff};
  for (const std::uint32_t code_point : boundaries) {
    const std::string text = encode_utf8(code_point, shortest_size(code_point));

    EXPECT_TRUE(is_utf8_however_cut(text)) << std::hex << code_point;
    EXPECT_TRUE(is_utf8_however_cut("before" + text + "after")) << std::hex << code_point;
  }
}

TEST(Utf8Test, RefusesWhatOnlyLooksLikeUtf8HoweverCut) {
  constexpr std::array<std::string_view, 19> wrong = {
      "\x80"sv,                      // a tail without a lead
      "\xbf"sv,                      //
      "\xc0\x80"sv,                  // overlong, two bytes
      "\xc1\xbf"sv,                  //
      "\xe0\x80\x80"sv,              // overlong, three bytes
      "\xe0\x9f\xbf"sv,              //
      "\xf0\x80\x80\x80"sv,          // overlong, four bytes
      "\xf0\x8f\xbf\xbf"sv,          //
      "\xed\xa0\x80"sv,              // U+D800
      "\xed\xbf\xbf"sv,              // U+DFFF
      "\xed\xa0\x80\xed\xb0\x80"sv,  // a pair of surrogates
      "\xf4\x90\x80\x80"sv,          // U+110000
      "\xf5\x80\x80\x80"sv,          //
      "\xf8\x88\x80\x80\x80"sv,      // five bytes
      "\xfe"sv,
      "\xff"sv,
      "\xc2\x41"sv,      // a lead without its tail
      "\xe2\x82\x41"sv,  //
      "\xf0\x9f\x98\x41"sv,
  };
  for (const std::string_view text : wrong) {
    EXPECT_FALSE(is_utf8_however_cut(text)) << ::testing::PrintToString(text);
    EXPECT_FALSE(is_utf8_however_cut("before" + std::string(text) + "after"));
  }
}

TEST(Utf8Test, DoesNotTakeATextThatEndsInsideACharacterAsComplete) {
  for (const std::string_view text : {"\xc3\xa9"sv, "\xe2\x82\xac"sv, "\xf0\x9f\x95\x8a"sv}) {
    for (std::size_t size = 1; size < text.size(); ++size) {
      Utf8Validator validator;

      EXPECT_TRUE(validator.feed(as_bytes(text.substr(0, size))));
      EXPECT_FALSE(validator.complete());
      EXPECT_TRUE(validator.feed(as_bytes(text.substr(size))));
      EXPECT_TRUE(validator.complete());
    }
  }
}

TEST(Utf8Test, FailsAtTheFirstByteThatNothingCouldMakeValid) {
  Utf8Validator surrogate;
  EXPECT_TRUE(surrogate.feed(as_bytes("\xed")));
  EXPECT_FALSE(surrogate.feed(as_bytes("\xa0")));

  Utf8Validator too_large;
  EXPECT_TRUE(too_large.feed(as_bytes("\xf4")));
  EXPECT_FALSE(too_large.feed(as_bytes("\x90")));
  EXPECT_FALSE(too_large.feed(as_bytes("plain text does not heal it, whatever its length is")));
  EXPECT_FALSE(too_large.complete());
}

// Blocks of plain ASCII are passed over at once, so errors are tried at every place of long texts.
TEST(Utf8Test, FindsAnErrorAtAnyPlaceOfALongText) {
  const std::string ascii(200, 'a');
  std::string accents;
  while (accents.size() < 200) accents += "\xc3\xa9";
  for (std::size_t at = 0; at < ascii.size(); ++at) {
    std::string text = ascii;
    text[at] = '\xff';
    EXPECT_FALSE(is_utf8(as_bytes(text))) << at;
    text[at] = '\xc3';
    EXPECT_FALSE(is_utf8(as_bytes(text))) << at;

    text = accents;
    text[at] = 'a';
    EXPECT_FALSE(is_utf8(as_bytes(text))) << at;
    EXPECT_EQ(is_utf8(as_bytes(accents).first(at)), at % 2 == 0) << at;
  }
  EXPECT_TRUE(is_utf8(as_bytes(ascii)));
  EXPECT_TRUE(is_utf8(as_bytes(accents)));
}

TEST(Utf8Test, DoesNotPassOverPlainTextInsideACharacter) {
  for (std::size_t before = 0; before < 40; ++before) {
    for (std::size_t between = 1; between < 80; ++between) {
      const std::string torn =
          std::string(before, 'a') + "\xc3" + std::string(between, 'a') + "\xa9";
      ASSERT_FALSE(is_utf8(as_bytes(torn))) << before << ' ' << between;
    }
  }
}

TEST(Utf8Test, EmptyTextIsValid) {
  Utf8Validator validator;

  EXPECT_TRUE(validator.complete());
  EXPECT_TRUE(validator.feed({}));
  EXPECT_TRUE(validator.complete());
}

}  // namespace
}  // namespace pigeon::net::websocket
