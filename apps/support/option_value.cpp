#include "apps/support/option_value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "apps/support/quote.hpp"

namespace apps {
namespace {

using pigeon::Result;
using pigeon::Unexpected;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: `format_value` takes the first that divides the value.
constexpr std::array bytes_units = {Unit{"GiB", 1ULL << 30}, Unit{"MiB", 1ULL << 20},
                                    Unit{"KiB", 1ULL << 10}, Unit{"B", 1}, Unit{"", 1}};
constexpr std::array duration_units = {Unit{"h", 3'600'000}, Unit{"min", 60'000}, Unit{"s", 1'000},
                                       Unit{"ms", 1}};
constexpr std::array rate_units = {Unit{"/s", 60}, Unit{"/min", 1}, Unit{"", 1}};
constexpr std::array count_units = {Unit{"", 1}};

std::span<const Unit> units_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::bytes:
      return bytes_units;
    case ValueKind::duration:
      return duration_units;
    case ValueKind::rate:
      return rate_units;
    default:
      return count_units;
  }
}

/// What a value of this kind looks like, as the end of a sentence.
std::string_view expectation(ValueKind kind) {
  switch (kind) {
    case ValueKind::bytes:
      return "is not a size; write it as 65536, 64KiB or 4MiB";
    case ValueKind::duration:
      return "is not a duration; write it as 250ms, 20s or 5min";
    case ValueKind::rate:
      return "is not a rate; write it as 600/min or 10/s, 0 for no limit";
    default:
      return "is not a whole number";
  }
}

std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

SettingsError out_of_bounds(const ValueRule& rule, std::string_view text) {
  return {fmt::format("{} is out of bounds; {} to {} is allowed", quote(text),
                      format_value(rule, rule.min), format_value(rule, rule.max))};
}

Result<OptionValue, SettingsError> parse_number(const ValueRule& rule, std::string_view text) {
  const SettingsError malformed{fmt::format("{} {}", quote(text), expectation(rule.kind))};
  const bool negative = text.starts_with('-');
  const char* begin = text.data() + (negative ? 1 : 0);
  const char* end = text.data() + text.size();

  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(begin, end, number);
  if (error == std::errc::invalid_argument) return Unexpected(malformed);

  const std::string_view unit_name = trim({rest, static_cast<std::size_t>(end - rest)});
  const auto units = units_of(rule.kind);
  auto unit = std::ranges::find_if(
      units, [&](const Unit& known) { return equals_ignoring_case(known.name, unit_name); });
  const bool plain_zero = unit == units.end() && number == 0 && unit_name.empty();
  if (plain_zero) unit = units.begin();
  if (unit == units.end()) return Unexpected(malformed);

  const bool overflows = error == std::errc::result_out_of_range ||
                         number > std::numeric_limits<std::uint64_t>::max() / unit->factor;
  if (overflows || (negative && number != 0)) return Unexpected(out_of_bounds(rule, text));
  number *= unit->factor;
  if (number < rule.min || number > rule.max) return Unexpected(out_of_bounds(rule, text));
  return OptionValue(number);
}

Result<OptionValue, SettingsError> parse_yes_no(std::string_view text) {
  for (const auto* yes : {"yes", "true", "on", "1"}) {
    if (equals_ignoring_case(text, yes)) return OptionValue(std::uint64_t{1});
  }
  for (const auto* no : {"no", "false", "off", "0"}) {
    if (equals_ignoring_case(text, no)) return OptionValue(std::uint64_t{0});
  }
  return Unexpected(SettingsError{fmt::format("{} is neither yes nor no", quote(text))});
}

Result<OptionValue, SettingsError> parse_choice(const ValueRule& rule, std::string_view text) {
  const auto found = std::ranges::find(rule.choices, text);
  if (found != rule.choices.end()) {
    return OptionValue(static_cast<std::uint64_t>(found - rule.choices.begin()));
  }
  return Unexpected(SettingsError{
      fmt::format("{} is not one of {}", quote(text), fmt::join(rule.choices, ", "))});
}

bool is_hub_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty()) return false;
  const auto schemes = {"http", "https", "ws", "wss"};
  return std::ranges::any_of(
      schemes, [&](const char* known) { return std::string_view(url->scheme()) == known; });
}

Result<OptionValue, SettingsError> parse_text(const ValueRule& rule, std::string_view text) {
  const bool plain = rule.kind == ValueKind::path ||
                     std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!plain || text.find('\0') != std::string_view::npos) {
    return Unexpected(
        SettingsError{fmt::format("{} has characters that are not printable ASCII", quote(text))});
  }
  if (text.size() < rule.min || text.size() > rule.max) {
    return Unexpected(SettingsError{fmt::format("{} has {} characters; {} to {} are allowed",
                                                quote(text), text.size(), rule.min, rule.max)});
  }
  if (rule.kind == ValueKind::url && !text.empty() && !is_hub_url(text)) {
    return Unexpected(SettingsError{
        fmt::format("{} is not a URL; write it as https://hub.example.org", quote(text))});
  }
  return OptionValue(std::string(text));
}

}  // namespace

Result<OptionValue, SettingsError> parse_value(const ValueRule& rule, std::string_view text) {
  text = trim(text);
  switch (rule.kind) {
    case ValueKind::text:
    case ValueKind::path:
    case ValueKind::url:
      return parse_text(rule, text);
    case ValueKind::yes_no:
      return parse_yes_no(text);
    case ValueKind::choice:
      return parse_choice(rule, text);
    default:
      return parse_number(rule, text);
  }
}

std::string format_value(const ValueRule& rule, const OptionValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const std::uint64_t number = std::get<std::uint64_t>(value);
  if (rule.kind == ValueKind::yes_no) return number != 0 ? "yes" : "no";
  if (rule.kind == ValueKind::choice) return std::string(rule.choices[number]);
  // Rates stay per minute, as the option's field and its bounds count them.
  if (rule.kind == ValueKind::rate) return fmt::format("{}/min", number);
  for (const Unit& unit : units_of(rule.kind)) {
    const bool fits = number != 0 && number % unit.factor == 0;
    if (fits) return fmt::format("{}{}", number / unit.factor, unit.name);
  }
  return rule.kind == ValueKind::duration ? "0ms" : "0";
}

std::string_view placeholder(ValueKind kind) {
  switch (kind) {
    case ValueKind::text:
      return "TEXT";
    case ValueKind::path:
      return "FILE";
    case ValueKind::url:
      return "URL";
    case ValueKind::count:
      return "NUMBER";
    case ValueKind::bytes:
      return "SIZE";
    case ValueKind::duration:
      return "TIME";
    case ValueKind::rate:
      return "RATE";
    case ValueKind::yes_no:
      return "yes|no";
    case ValueKind::choice:
      return "NAME";
  }
  return "";
}

}  // namespace apps
