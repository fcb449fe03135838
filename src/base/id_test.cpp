#include "pigeon/id.hpp"

#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

using ShortId = Id<struct ShortIdTag, 4>;
using OtherId = Id<struct OtherIdTag, 4>;

static_assert(PeerId::byte_count == 20);
static_assert(PeerId::text_length == 40);
static_assert(!std::is_convertible_v<ShortId, OtherId>);
static_assert(!std::is_constructible_v<ShortId, OtherId>);
static_assert(!std::equality_comparable_with<ShortId, OtherId>);
static_assert(sizeof(PeerId) == 20);
static_assert(ShortId::parse("01020304") == ShortId({1, 2, 3, 4}), "works at compile time");

TEST(IdTest, DefaultIsAllZero) { EXPECT_EQ(ShortId().to_text(), "00000000"); }

TEST(IdTest, WritesLowerCaseText) {
  EXPECT_EQ(ShortId({0x00, 0x0f, 0xa5, 0xff}).to_text(), "000fa5ff");
}

TEST(IdTest, ReadsEitherCase) {
  EXPECT_EQ(ShortId::parse("000FA5fF"), ShortId({0x00, 0x0f, 0xa5, 0xff}));
}

TEST(IdTest, RefusesEveryOtherLength) {
  for (std::size_t length = 0; length <= 20; ++length) {
    EXPECT_EQ(ShortId::parse(std::string(length, '0')).has_value(), length == 8) << length;
  }
}

TEST(IdTest, RefusesEveryByteThatIsNoDigitInEveryPlace) {
  const std::string_view allowed = "0123456789abcdefABCDEF";
  for (int code = 0; code < 256; ++code) {
    const bool good = allowed.find(static_cast<char>(code)) != std::string_view::npos;
    for (std::size_t place = 0; place < 8; ++place) {
      std::string text = "00000000";
      text[place] = static_cast<char>(code);
      EXPECT_EQ(ShortId::parse(text).has_value(), good) << code << " at " << place;
    }
  }
}

TEST(IdTest, OrdersLikeItsText) {
  Random random = Random::from_number(1);
  for (int i = 0; i < 1'000; ++i) {
    const auto a = random.id<ShortId>();
    const auto b = random.id<ShortId>();

    EXPECT_EQ(a < b, a.to_text() < b.to_text());
    EXPECT_EQ(a == b, a.to_text() == b.to_text());
  }
  EXPECT_LT(*ShortId::parse("7fffffff"), *ShortId::parse("80000000"));
}

TEST(IdTest, TextRoundTrips) {
  Random random = Random::from_number(2);
  for (int i = 0; i < 200; ++i) {
    const auto id = random.id<PeerId>();

    EXPECT_EQ(PeerId::parse(id.to_text()), id);
    EXPECT_EQ(id.to_text().size(), PeerId::text_length);
  }
}

}  // namespace
}  // namespace pigeon
