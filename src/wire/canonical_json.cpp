#include "wire/canonical_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "wire/canonical_value.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace pigeon::wire {

namespace {

/// Sorts bytes of UTF-8 so that texts get the order of their UTF-16 units: characters beyond
/// U+FFFF (lead bytes 0xF0 and up) are surrogate pairs there, which come before U+E000 (lead byte
/// 0xEE). Only the first byte that differs matters.
int utf16_rank(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
}

bool is_before(const JsonMember& a, const JsonMember& b) {
  return std::lexicographical_compare(a.key.begin(), a.key.end(), b.key.begin(), b.key.end(),
                                      [](char x, char y) { return utf16_rank(x) < utf16_rank(y); });
}

bool append_object(std::string& out, JsonText object, JsonReader& reader) {
  std::vector<JsonMember> members = reader.members(object);
  std::sort(members.begin(), members.end(), is_before);
  const auto same = [](const JsonMember& a, const JsonMember& b) { return a.key == b.key; };
  if (std::adjacent_find(members.begin(), members.end(), same) != members.end()) return false;
  out += '{';
  for (const JsonMember& member : members) {
    if (&member != &members.front()) out += ',';
    append_json_string(out, member.key);
    out += ':';
    if (!append_canonical(out, member.value, reader)) return false;
  }
  out += '}';
  return true;
}

/// Whether an array of numbers, or a number, is in canonical form for sure: whole numbers that
/// doubles hold, without a space. So are the bytes of streams, which are thousands.
bool is_plain(std::string_view text) {
  constexpr std::size_t digits_max = 15;
  std::size_t digits = 0;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && c != ',') return false;
    digits = is_digit ? digits + 1 : 0;
    if (digits > digits_max) return false;
  }
  return true;
}

bool append_array(std::string& out, JsonText array, JsonReader& reader) {
  if (is_plain(array.raw.substr(1, array.raw.size() - 2))) {
    out += array.raw;
    return true;
  }
  const std::vector<JsonText> elements = reader.elements(array, array.raw.size());
  out += '[';
  for (const JsonText& element : elements) {
    if (&element != &elements.front()) out += ',';
    if (!append_canonical(out, element, reader)) return false;
  }
  out += ']';
  return true;
}

/// Whether a number is not spelled as a whole one, or is one that doubles tell from its neighbors.
bool is_exact(std::string_view text) {
  if (text.find_first_of(".eE") != std::string_view::npos) return true;
  constexpr auto bound = static_cast<std::int64_t>(json_integer_max);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && -bound <= value && value <= bound;
}

bool append_number(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += text;
    return true;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // The reader refuses numbers that are too large for a double, so this one is too small.
  if (error == std::errc::result_out_of_range) value = 0;
  const std::string printed = ecmascript_number(value);
  // A relay prints it anew: then 1e17 is spelled as a whole number, too.
  if (!is_exact(text) || !is_exact(printed)) return false;
  out += printed;
  return true;
}

/// Shortest digits that give the same double again, and the place of the decimal point:
/// 0.DIGITS * 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

Decimal shortest_decimal(double value) {
  // Seventeen digits, the point, and an exponent of five characters.
  std::array<char, 32> text{};
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  const std::string_view whole(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  const std::size_t e = whole.find('e');
  Decimal decimal{.digits = std::string(whole.substr(0, 1))};
  if (e > 2) decimal.digits += whole.substr(2, e - 2);
  const std::size_t exponent = e + (whole[e + 1] == '+' ? 2 : 1);
  std::from_chars(whole.data() + exponent, whole.data() + whole.size(), decimal.point);
  ++decimal.point;
  return decimal;
}

std::string zeros(int count) { return std::string(static_cast<std::size_t>(count), '0'); }

}  // namespace

std::string ecmascript_number(double value) {
  if (value == 0) return "0";
  const Decimal decimal = shortest_decimal(std::abs(value));
  const std::string& digits = decimal.digits;
  const int count = static_cast<int>(digits.size());
  const int point = decimal.point;
  std::string out = value < 0 ? "-" : "";
  // The cases of ECMA-262, Number::toString; `count` is its k, `point` its n.
  if (count <= point && point <= 21) {
    out += digits + zeros(point - count);
  } else if (0 < point && point <= 21) {
    const auto split = static_cast<std::size_t>(point);
    out += digits.substr(0, split) + "." + digits.substr(split);
  } else if (-6 < point && point <= 0) {
    out += "0." + zeros(-point) + digits;
  } else {
    out += digits[0];
    if (count > 1) out += "." + digits.substr(1);
    out += point > 0 ? "e+" : "e-";
    out += std::to_string(std::abs(point - 1));
  }
  return out;
}

bool append_canonical(std::string& out, JsonText value, JsonReader& reader) {
  switch (value.kind()) {
    case JsonKind::absent:
      return false;
    case JsonKind::null:
    case JsonKind::boolean:
      out += value.raw;
      return true;
    case JsonKind::number:
      return append_number(out, value.raw);
    case JsonKind::string:
      append_json_string(out, reader.unescaped(value));
      return true;
    case JsonKind::array:
      return append_array(out, value, reader);
    case JsonKind::object:
      return append_object(out, value, reader);
  }
  return false;
}

std::optional<std::string> canonical_json(std::string_view text, JsonReader& spare) {
  const auto value = spare.parse(text);
  if (!value) return std::nullopt;
  std::string out;
  out.reserve(text.size());
  if (!append_canonical(out, *value, spare)) return std::nullopt;
  return out;
}

}  // namespace pigeon::wire
