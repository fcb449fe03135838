#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pigeon {

namespace detail {
/// Values of the hexadecimal digits of either case, by character; -1 for every other one.
inline constexpr auto hex_digit_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < 10; ++i) values['0' + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < 6; ++i) {
    values['a' + i] = static_cast<std::int8_t>(10 + i);
    values['A' + i] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

/// Value of one hexadecimal digit of either case, or -1.
constexpr int hex_digit_value(char digit) {
  return hex_digit_values[static_cast<unsigned char>(digit)];
}
}  // namespace detail

/// An identifier of `size` bytes. `Tag` keeps ids of different things apart at compile time.
/// Ordered as an unsigned big-endian integer, which is also the order of its lower-case hexadecimal
/// text.
template <class Tag, std::size_t size>
class Id {
 public:
  static constexpr std::size_t byte_count = size;
  static constexpr std::size_t text_length = 2 * size;

  /// All bytes zero.
  constexpr Id() = default;
  constexpr explicit Id(const std::array<std::uint8_t, size>& bytes) : bytes_(bytes) {}

  /// Reads exactly `text_length` hexadecimal digits of either case; anything else gives nothing.
  static constexpr std::optional<Id> parse(std::string_view text) {
    if (text.size() != text_length) return std::nullopt;
    Id id;
    for (std::size_t i = 0; i < size; ++i) {
      const int high = detail::hex_digit_value(text[2 * i]);
      const int low = detail::hex_digit_value(text[2 * i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      id.bytes_[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return id;
  }

  constexpr const std::array<std::uint8_t, size>& bytes() const { return bytes_; }

  /// Lower-case hexadecimal text.
  std::string to_text() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(text_length);
    for (const std::uint8_t byte : bytes_) {
      text.push_back(digits[byte >> 4U]);
      text.push_back(digits[byte & 0x0fU]);
    }
    return text;
  }

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted <=>.
  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

/// Names a peer: 20 bytes, 40 hexadecimal digits on the wire.
using PeerId = Id<struct PeerIdTag, 20>;
/// Names a message: 16 random bytes, 32 hexadecimal digits on the wire.
using MessageId = Id<struct MessageIdTag, 16>;

}  // namespace pigeon
