#include "apps/pigeonhub/option_table.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "pigeon/hub.hpp"

namespace pigeonhub {
namespace {

std::string in_words(std::string_view name, char separator, bool upper) {
  std::string words;
  for (const char c : name) {
    const bool letter = c != '_' && c != '-' && c != '.';
    const char spelled = upper ? static_cast<char>(std::toupper(c)) : c;
    words += letter ? spelled : separator;
  }
  return words;
}

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

/// Converts to the type of any field.
struct AnyField {
  template <class Field>
  operator Field() const;  // NOLINT: implicit on purpose
};

/// Number of fields of an aggregate: as many values as can initialize it.
template <class Aggregate, class... Fields>
constexpr std::size_t field_count(Fields... fields) {
  if constexpr (requires { Aggregate{fields..., AnyField{}}; }) {
    return field_count<Aggregate>(fields..., AnyField{});
  } else {
    return sizeof...(fields);
  }
}

TEST(OptionTableTest, EveryFieldHasAnOption) {
  constexpr std::size_t groups_of_hub = 4;
  constexpr std::size_t rates_of_limits = 6;
  constexpr std::size_t fields =
      field_count<pigeon::ListenOptions>() + field_count<pigeon::HubLimits>() + rates_of_limits +
      field_count<pigeon::IntroductionOptions>() + field_count<pigeon::LivenessOptions>() +
      field_count<pigeon::HubOptions>() - groups_of_hub + field_count<LogSettings>();

  EXPECT_EQ(option_table().size(), fields);
}

TEST(OptionTableTest, NamesAreUnique) {
  std::set<std::string_view> keys;
  std::set<std::string_view> flags;
  std::set<std::string_view> variables;
  for (const OptionSpec& option : option_table()) {
    EXPECT_TRUE(keys.insert(option.key).second) << option.key;
    EXPECT_TRUE(flags.insert(option.flag).second) << option.flag;
    EXPECT_TRUE(variables.insert(option.variable).second) << option.variable;
  }
}

TEST(OptionTableTest, FlagsAndVariablesUseTheWordsOfTheKey) {
  for (const OptionSpec& option : option_table()) {
    const std::string_view name = last_part(option.key);
    const bool log = option.key.starts_with("log.");
    EXPECT_EQ(option.flag, (log ? "--log-" : "--") + in_words(name, '-', false));

    const std::string words = in_words(option.flag.substr(2), '_', true);
    const std::set<std::string> allowed = {"PIGEONHUB_" + words, "RATE_" + words, words};
    const bool as_upstream =
        option.variable == "MAX_CONNECTIONS" || option.variable == "MAX_MESSAGE_BYTES";
    EXPECT_TRUE(as_upstream || allowed.contains(std::string(option.variable))) << option.variable;
  }
}

TEST(OptionTableTest, DefaultsAreWithinTheirBounds) {
  for (const OptionSpec& option : option_table()) {
    const OptionValue value = option.access.get(Settings{});
    const auto parsed = parse_value(option.rule, format_value(option.rule, value));
    ASSERT_TRUE(parsed) << option.key << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, value) << option.key;
  }
}

TEST(OptionTableTest, EveryFieldHoldsItsLargestValue) {
  for (const OptionSpec& option : option_table()) {
    if (std::holds_alternative<std::string>(option.access.get(Settings{}))) continue;
    Settings settings;
    option.access.set(settings, option.rule.max);
    EXPECT_EQ(option.access.get(settings), OptionValue(option.rule.max)) << option.key;
  }
}

TEST(OptionTableTest, EveryOptionHasAFieldOfItsOwn) {
  for (const OptionSpec& option : option_table()) {
    Settings settings;
    const bool is_text = std::holds_alternative<std::string>(option.access.get(settings));
    const auto number = is_text ? 0 : std::get<std::uint64_t>(option.access.get(settings));
    const auto other = number == option.rule.max ? number - 1 : number + 1;
    option.access.set(settings, is_text ? OptionValue("other") : OptionValue(other));

    const auto differs = [&](const OptionSpec& each) {
      return each.access.get(settings) != each.access.get(Settings{});
    };
    EXPECT_EQ(std::ranges::count_if(option_table(), differs), 1) << option.key;
    EXPECT_TRUE(differs(option)) << option.key;
  }
}

/// Whether the library starts a hub with the option at that value and all others at their defaults.
bool starts_with(const OptionSpec& option, std::uint64_t value) {
  Settings settings;
  settings.hub.liveness.drain_window = {};
  option.access.set(settings, value);
  // Where one option bounds another, the other gives way.
  auto& limits = settings.hub.limits;
  auto& introductions = settings.hub.introductions;
  if (option.key == "limits.queue_bytes_soft") limits.queue_bytes_hard = 1U << 30U;
  if (option.key == "limits.queue_bytes_hard") limits.queue_bytes_soft = 1'024;
  if (option.key == "introductions.retry_first") introductions.retry_max = std::chrono::hours(24);
  if (option.key == "introductions.retry_max") {
    introductions.retry_first = std::chrono::milliseconds(100);
  }
  if (option.key == "introductions.per_join_max") introductions.random_of_join = 0;
  if (option.key == "introductions.random_of_join") introductions.per_join_max = 1'000;
  if (option.key != "listen.port") settings.hub.listen.port = 0;
  auto hub = pigeon::Hub::create(settings.hub);
  if (!hub) return false;
  // A hub that drains takes its time, and a fixed port may be taken.
  if (option.key == "listen.port" || option.key == "liveness.drain_window") return true;
  return hub->start().has_value();
}

TEST(OptionTableTest, TheLibraryHasTheSameBounds) {
  for (const OptionSpec& option : option_table()) {
    const bool is_text = std::holds_alternative<std::string>(option.access.get(Settings{}));
    if (is_text || option.rule.kind == ValueKind::yes_no || option.key.starts_with("log.")) {
      continue;
    }
    EXPECT_TRUE(starts_with(option, option.rule.min)) << option.key;
    EXPECT_TRUE(starts_with(option, option.rule.max)) << option.key;
    if (option.key == "listen.port") continue;
    // An unsigned value below 0 is above every maximum.
    EXPECT_FALSE(starts_with(option, option.rule.min - 1)) << option.key;
    EXPECT_FALSE(starts_with(option, option.rule.max + 1)) << option.key;
  }
}

}  // namespace
}  // namespace pigeonhub
