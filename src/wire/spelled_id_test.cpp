#include "wire/spelled_id.hpp"

#include <gtest/gtest.h>

namespace pigeon::wire {
namespace {

TEST(SpelledIdTest, KeepsTheSpelling) {
  for (const std::string text :
       {"0123456789abcdef0123456789ABCDEF01234567", "ffffffffffffffffffffffffffffffffffffffff",
        "FfFfFfFfFfFfFfFfFfFfFfFfFfFfFfFfFfFfFfFf", "0000000000000000000000000000000000000000"}) {
    const auto id = SpelledId::parse(text);

    ASSERT_TRUE(id.has_value());
    EXPECT_EQ(id->to_text(), text);
  }
}

TEST(SpelledIdTest, TwoSpellingsAreTwoPeersOfOneNumber) {
  const auto lower = SpelledId::parse(std::string(40, 'a'));
  const auto upper = SpelledId::parse(std::string(40, 'A'));

  EXPECT_NE(*lower, *upper);
  EXPECT_EQ(lower->id, upper->id);
}

TEST(SpelledIdTest, TheGreaterTextOffers) {
  const auto spelled = [](const std::string& digit) {
    return *SpelledId::parse(digit + std::string(39, '0'));
  };
  // In ascending order of the texts.
  const std::string digits = "09AFaf";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    for (std::size_t j = 0; j < digits.size(); ++j) {
      const bool expected = i > j;
      EXPECT_EQ(offers_first(spelled({digits[i]}), spelled({digits[j]})), expected)
          << digits[i] << digits[j];
    }
  }
}

TEST(SpelledIdTest, RefusesWhatIsNoId) {
  for (const std::string& text :
       {std::string(), std::string(39, 'a'), std::string(41, 'a'), std::string(40, 'g'),
        std::string(39, 'a') + " ", std::string(39, 'a') + '\0', std::string(40, '-')}) {
    EXPECT_FALSE(SpelledId::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace pigeon::wire
