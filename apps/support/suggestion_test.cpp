#include "apps/support/suggestion.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace apps {
namespace {

constexpr std::array<std::string_view, 4> names = {"--port", "--host", "--connections-max",
                                                   "limits.queue_time_max"};

TEST(SuggestionTest, CountsLettersToChange) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("port", "port"), 0u);
  EXPECT_EQ(edit_distance("prot", "port"), 1u);
  EXPECT_EQ(edit_distance("por", "port"), 1u);
  EXPECT_EQ(edit_distance("pport", "port"), 1u);
  EXPECT_EQ(edit_distance("pert", "port"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(SuggestionTest, FindsTheNearestName) {
  EXPECT_EQ(suggest("--prot", names), "--port");
  EXPECT_EQ(suggest("--hots", names), "--host");
  EXPECT_EQ(suggest("limits.queue_tiem_max", names), "limits.queue_time_max");
}

TEST(SuggestionTest, WordsMayStandInAnotherOrder) {
  EXPECT_EQ(suggest("--max-connections", names), "--connections-max");
}

TEST(SuggestionTest, SuggestsNothingThatIsFarAway) {
  EXPECT_EQ(suggest("--verbose", names), std::nullopt);
  EXPECT_EQ(suggest("", names), std::nullopt);
  EXPECT_EQ(suggest(std::string(100'000, 'x'), names), std::nullopt);
}

}  // namespace
}  // namespace apps
