#include "pigeon/result.hpp"

#include <memory>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace pigeon {
namespace {

enum class Fault { broken, missing };

Result<std::string, Fault> name_of(int number) {
  if (number == 1) return std::string("one");
  return Unexpected(Fault::missing);
}

Result<void, Fault> check(bool good) {
  if (!good) return Unexpected(Fault::broken);
  return {};
}

static_assert(std::is_same_v<Result<int, Fault>::value_type, int>);
static_assert(std::is_same_v<Result<void, Fault>::error_type, Fault>);
static_assert(!std::is_convertible_v<Result<int, Fault>, bool>, "a test must be meant");
static_assert(!std::is_constructible_v<Result<int, Fault>, Fault>, "an error must be marked");

TEST(ResultTest, HoldsAValue) {
  const auto name = name_of(1);

  EXPECT_TRUE(name.has_value());
  EXPECT_TRUE(name);
  EXPECT_EQ(name.value(), "one");
  EXPECT_EQ(*name, "one");
  EXPECT_EQ(name->size(), 3U);
}

TEST(ResultTest, HoldsAnError) {
  const auto name = name_of(2);

  EXPECT_FALSE(name.has_value());
  EXPECT_FALSE(name);
  EXPECT_EQ(name.error(), Fault::missing);
}

TEST(ResultTest, ValueCanBeChangedInPlace) {
  auto name = name_of(1);

  name->push_back('!');
  *name += "?";

  EXPECT_EQ(name.value(), "one!?");
}

TEST(ResultTest, MovesAValueThatOnlyMoves) {
  Result<std::unique_ptr<int>, Fault> made = std::make_unique<int>(5);

  const std::unique_ptr<int> taken = *std::move(made);

  EXPECT_EQ(*taken, 5);
}

TEST(ResultTest, MovesAnErrorThatOnlyMoves) {
  Result<int, std::unique_ptr<int>> failed = Unexpected(std::make_unique<int>(6));

  const std::unique_ptr<int> taken = std::move(failed).error();

  EXPECT_EQ(*taken, 6);
}

TEST(ResultTest, ValueOrGivesTheFallbackOnlyOnError) {
  EXPECT_EQ(name_of(1).value_or("none"), "one");
  EXPECT_EQ(name_of(2).value_or("none"), "none");
}

TEST(ResultTest, TellsValueAndErrorOfOneTypeApart) {
  const Result<int, int> value = 1;
  const Result<int, int> error = Unexpected(1);

  EXPECT_TRUE(value.has_value());
  EXPECT_FALSE(error.has_value());
  EXPECT_EQ(error.error(), 1);
}

TEST(ResultTest, VoidResultIsDoneOrSaysWhyNot) {
  EXPECT_TRUE(check(true).has_value());
  EXPECT_FALSE(check(false));
  EXPECT_EQ(check(false).error(), Fault::broken);
}

TEST(ResultTest, VoidResultMovesAnErrorThatOnlyMoves) {
  Result<void, std::unique_ptr<int>> failed = Unexpected(std::make_unique<int>(7));

  EXPECT_EQ(*failed.error(), 7);
}

using ResultDeathTest = testing::Test;

TEST(ResultDeathTest, StopsWhenAskedForWhatIsNotThere) {
  auto value = name_of(1);
  auto error = name_of(2);
  const auto done = check(true);

  EXPECT_DEATH(static_cast<void>(error.value()), "");
  EXPECT_DEATH(static_cast<void>(*error), "");
  EXPECT_DEATH(static_cast<void>(error->size()), "");
  EXPECT_DEATH(static_cast<void>(value.error()), "");
  EXPECT_DEATH(static_cast<void>(done.error()), "");
}

}  // namespace
}  // namespace pigeon
