#include "base/text.hpp"

#include <array>

#include <gtest/gtest.h>

namespace pigeon {
namespace {

// One, two, three and four bytes.
constexpr std::string_view text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x95\x8a";

TEST(TextTest, FirstBytesEndBetweenCharacters) {
  constexpr auto sizes = std::to_array<std::size_t>({0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10});
  for (std::size_t bytes_max = 0; bytes_max < sizes.size(); ++bytes_max) {
    EXPECT_EQ(first_bytes(text, bytes_max), text.substr(0, sizes[bytes_max])) << bytes_max;
  }
}

TEST(TextTest, FirstCharactersAreWhole) {
  constexpr auto sizes = std::to_array<std::size_t>({0, 1, 3, 6, 10, 10});
  for (std::size_t count = 0; count < sizes.size(); ++count) {
    EXPECT_EQ(first_characters(text, count), text.substr(0, sizes[count])) << count;
  }
}

TEST(TextTest, WhatIsNotUtf8IsCutAsWell) {
  EXPECT_EQ(first_bytes("\x80\x80\x80", 2), "");
  EXPECT_EQ(first_characters("\x80\x80\x80", 1), "\x80\x80\x80");
}

}  // namespace
}  // namespace pigeon
