#include "apps/support/option_value.hpp"

#include <array>

#include <gmock/gmock.h>

namespace apps {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t huge = 1ULL << 62;
constexpr ValueRule count = {.kind = ValueKind::count, .min = 2, .max = 65'535};
constexpr ValueRule bytes = {.kind = ValueKind::bytes, .max = huge};
constexpr ValueRule duration = {.kind = ValueKind::duration, .min = 100, .max = 3'600'000};
constexpr ValueRule rate = {.kind = ValueKind::rate, .max = 60'000};
constexpr ValueRule yes_no = {.kind = ValueKind::yes_no, .max = 1};
constexpr ValueRule text = {.kind = ValueKind::text, .min = 1, .max = 8};
constexpr ValueRule url = {.kind = ValueKind::url, .max = 64};

std::uint64_t number(const ValueRule& rule, std::string_view written) {
  const auto value = parse_value(rule, written);
  EXPECT_TRUE(value) << written << ": " << (value ? "" : value.error().message);
  return value ? std::get<std::uint64_t>(*value) : huge;
}

std::string error(const ValueRule& rule, std::string_view written) {
  const auto value = parse_value(rule, written);
  EXPECT_FALSE(value) << written;
  return value ? "" : value.error().message;
}

TEST(OptionValueTest, ReadsSizesWithAndWithoutUnit) {
  EXPECT_EQ(number(bytes, "65536"), 65'536u);
  EXPECT_EQ(number(bytes, "512B"), 512u);
  EXPECT_EQ(number(bytes, "64KiB"), 65'536u);
  EXPECT_EQ(number(bytes, "4 MiB"), 4u << 20);
  EXPECT_EQ(number(bytes, " 2gib "), 2ULL << 30);
}

TEST(OptionValueTest, ReadsDurations) {
  EXPECT_EQ(number(duration, "250ms"), 250u);
  EXPECT_EQ(number(duration, "20s"), 20'000u);
  EXPECT_EQ(number(duration, "5 min"), 300'000u);
  EXPECT_EQ(number(duration, "1h"), 3'600'000u);
}

TEST(OptionValueTest, ReadsRatesPerMinute) {
  EXPECT_EQ(number(rate, "600/min"), 600u);
  EXPECT_EQ(number(rate, "10/s"), 600u);
  EXPECT_EQ(number(rate, "600"), 600u);
  EXPECT_EQ(number(rate, "0"), 0u);
}

TEST(OptionValueTest, ReadsYesAndNo) {
  for (const auto* written : {"yes", "true", "On", "1"}) EXPECT_EQ(number(yes_no, written), 1u);
  for (const auto* written : {"no", "False", "off", "0"}) EXPECT_EQ(number(yes_no, written), 0u);
  EXPECT_THAT(error(yes_no, "maybe"), HasSubstr("\"maybe\" is neither yes nor no"));
}

TEST(OptionValueTest, ADurationNeedsAUnitUnlessItIsZero) {
  constexpr ValueRule from_zero = {.kind = ValueKind::duration, .max = 1'000};

  EXPECT_THAT(error(duration, "20"), HasSubstr("\"20\" is not a duration; write it as"));
  EXPECT_EQ(number(from_zero, "0"), 0u);
}

TEST(OptionValueTest, RefusesWhatIsNotANumber) {
  for (const auto* written : {"", "x", "1x", "1.5", "0x10", "1 2", "--1", "+1", "1e3", "\xff"}) {
    EXPECT_THAT(error(count, written), HasSubstr("is not a whole number")) << written;
  }
  EXPECT_THAT(error(bytes, "4kb"), HasSubstr("is not a size"));
  EXPECT_THAT(error(rate, "4/day"), HasSubstr("is not a rate"));
}

TEST(OptionValueTest, NamesTheBoundsInTheirUnit) {
  EXPECT_EQ(error(count, "65536"), "\"65536\" is out of bounds; 2 to 65535 is allowed");
  EXPECT_EQ(error(count, "1"), "\"1\" is out of bounds; 2 to 65535 is allowed");
  EXPECT_EQ(error(count, "-3"), "\"-3\" is out of bounds; 2 to 65535 is allowed");
  EXPECT_EQ(error(duration, "2h"), "\"2h\" is out of bounds; 100ms to 1h is allowed");
  EXPECT_EQ(error(rate, "60001/min"),
            "\"60001/min\" is out of bounds; 0/min to 60000/min is allowed");
}

TEST(OptionValueTest, OverflowIsOutOfBounds) {
  EXPECT_THAT(error(bytes, "99999999999999999999"), HasSubstr("is out of bounds"));
  EXPECT_THAT(error(bytes, "18446744073709551615GiB"), HasSubstr("is out of bounds"));
}

TEST(OptionValueTest, TextIsPrintableAsciiOfBoundedLength) {
  EXPECT_EQ(std::get<std::string>(*parse_value(text, " a b ")), "a b");
  EXPECT_THAT(error(text, ""), HasSubstr("has 0 characters; 1 to 8 are allowed"));
  EXPECT_THAT(error(text, "123456789"), HasSubstr("has 9 characters"));
  EXPECT_THAT(error(text, "a\r\nb: c"),
              HasSubstr("\"a\\x0d\\x0ab: c\" has characters that are not"));
}

TEST(OptionValueTest, UrlsNeedASchemeAndAHost) {
  EXPECT_TRUE(parse_value(url, ""));
  EXPECT_TRUE(parse_value(url, "wss://hub.example.org/path"));
  for (const auto* written :
       {"hub.example.org", "ftp://a", "http://", "http://[", "//a", "http:a"}) {
    EXPECT_THAT(error(url, written), HasSubstr("is not a URL")) << written;
  }
}

TEST(OptionValueTest, ChoicesAreListedInTheError) {
  static constexpr std::array<std::string_view, 2> names = {"red", "blue"};
  constexpr ValueRule choice = {.kind = ValueKind::choice, .max = 1, .choices = names};

  EXPECT_EQ(number(choice, "blue"), 1u);
  EXPECT_EQ(error(choice, "green"), "\"green\" is not one of red, blue");
}

TEST(OptionValueTest, FormatsInTheLargestExactUnit) {
  EXPECT_EQ(format_value(bytes, std::uint64_t{1} << 20), "1MiB");
  EXPECT_EQ(format_value(bytes, std::uint64_t{102'400}), "100KiB");
  EXPECT_EQ(format_value(bytes, std::uint64_t{1'000}), "1000B");
  EXPECT_EQ(format_value(bytes, std::uint64_t{0}), "0");
  EXPECT_EQ(format_value(duration, std::uint64_t{300'000}), "5min");
  EXPECT_EQ(format_value(duration, std::uint64_t{1'500}), "1500ms");
  EXPECT_EQ(format_value(duration, std::uint64_t{0}), "0ms");
  EXPECT_EQ(format_value(rate, std::uint64_t{600}), "600/min");
  EXPECT_EQ(format_value(yes_no, std::uint64_t{0}), "no");
}

}  // namespace
}  // namespace apps
