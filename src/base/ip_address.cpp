#include "base/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/assert.hpp"

namespace pigeon {

namespace {

constexpr std::size_t v4_offset = 12;
constexpr std::size_t group_count = 8;
using Groups = std::array<std::uint16_t, group_count>;

/// Takes a number off the front of a text; nothing if there is none of at most `digits_max` digits.
std::optional<unsigned> take_number(std::string_view& text, int base, std::size_t digits_max) {
  unsigned number = 0;
  const char* const end = text.data() + std::min(text.size(), digits_max);
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return number;
}

std::optional<IpAddress::V4> parse_v4(std::string_view text) {
  IpAddress::V4 bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const bool has_leading_zero = text.size() > 1 && text[0] == '0' && text[1] != '.';
    const auto number = take_number(text, 10, 3);
    if (!number || *number > 255 || has_leading_zero) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*number);
  }
  if (!text.empty()) return std::nullopt;
  return bytes;
}

/// The groups on one side of `::`, the last two of which may be written as IPv4.
std::optional<std::size_t> parse_groups(std::string_view text, Groups& groups) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (count == group_count) return std::nullopt;
    if (const auto v4 = parse_v4(text); v4 && count + 2 <= group_count) {
      groups[count] = static_cast<std::uint16_t>((*v4)[0] << 8U | (*v4)[1]);
      groups[count + 1] = static_cast<std::uint16_t>((*v4)[2] << 8U | (*v4)[3]);
      return count + 2;
    }
    const auto number = take_number(text, 16, 4);
    if (!number) return std::nullopt;
    groups[count++] = static_cast<std::uint16_t>(*number);
    if (text.empty()) break;
    if (!text.starts_with(':') || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
  }
  return count;
}

std::optional<IpAddress::V6> parse_v6(std::string_view text) {
  Groups front{};
  Groups back{};
  const std::size_t gap = text.find("::");
  const auto front_count = parse_groups(text.substr(0, gap), front);
  if (!front_count) return std::nullopt;
  if (gap == std::string_view::npos) {
    if (*front_count != group_count) return std::nullopt;
  } else {
    const auto back_count = parse_groups(text.substr(gap + 2), back);
    if (!back_count || *front_count + *back_count >= group_count) return std::nullopt;
    std::copy_n(back.begin(), *back_count, front.end() - static_cast<std::ptrdiff_t>(*back_count));
  }
  IpAddress::V6 bytes{};
  for (std::size_t i = 0; i < group_count; ++i) {
    bytes[2 * i] = static_cast<std::uint8_t>(front[i] >> 8U);
    bytes[2 * i + 1] = static_cast<std::uint8_t>(front[i]);
  }
  return bytes;
}

void append_number(std::string& text, unsigned number, int base) {
  std::array<char, 8> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
  text.append(digits.data(), end);
}

std::string v4_text(const IpAddress::V4& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (!text.empty()) text += '.';
    append_number(text, byte, 10);
  }
  return text;
}

struct Run {
  std::size_t first = group_count;
  std::size_t count = 1;  // RFC 5952 section 4.2.2: a single group of zeros is written out
};

Run longest_zeros(const Groups& groups) {
  Run longest;
  for (std::size_t i = 0; i < group_count; ++i) {
    std::size_t count = 0;
    while (i + count < group_count && groups[i + count] == 0) ++count;
    if (count > longest.count) longest = {i, count};
    i += count;
  }
  return longest;
}

std::string v6_text(const IpAddress::V6& bytes) {
  Groups groups{};
  for (std::size_t i = 0; i < group_count; ++i) {
    groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8U | bytes[2 * i + 1]);
  }
  const Run zeros = longest_zeros(groups);
  std::string text;
  for (std::size_t i = 0; i < group_count; ++i) {
    if (i == zeros.first) {
      text += "::";
      i += zeros.count - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    append_number(text, groups[i], 16);
  }
  return text;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return IpAddress(*v4);
  if (const auto v6 = parse_v6(text)) return IpAddress(*v6);
  return std::nullopt;
}

std::string IpAddress::to_text() const { return is_v4() ? v4_text(v4_bytes()) : v6_text(bytes_); }

bool IpAddress::is_v4() const {
  constexpr IpAddress mapped_zero{V4{}};
  return std::equal(bytes_.begin(), bytes_.begin() + v4_offset, mapped_zero.bytes_.begin());
}

bool IpAddress::is_loopback() const {
  return is_v4() ? bytes_[v4_offset] == 127 : *this == loopback_v6();
}

bool IpAddress::is_link_local() const {
  if (is_v4()) return bytes_[v4_offset] == 169 && bytes_[v4_offset + 1] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0U) == 0x80;
}

bool IpAddress::is_unspecified() const { return *this == IpAddress() || *this == IpAddress(V4{}); }

bool IpAddress::is_multicast() const {
  if (!is_v4()) return bytes_[0] == 0xff;
  return (bytes_[v4_offset] & 0xf0U) == 0xe0 || *this == IpAddress(V4{255, 255, 255, 255});
}

IpAddress IpAddress::network() const {
  IpAddress result = *this;
  // RFC 4291 section 2.5.4: the other 64 bits name an interface, and their owner chooses them.
  if (!is_v4()) std::fill(result.bytes_.begin() + 8, result.bytes_.end(), std::uint8_t{0});
  return result;
}

IpAddress::V4 IpAddress::v4_bytes() const {
  PIGEON_ASSERT(is_v4());
  V4 bytes{};
  std::copy(bytes_.begin() + v4_offset, bytes_.end(), bytes.begin());
  return bytes;
}

}  // namespace pigeon
