#include "wire/byte_array.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace pigeon::wire {

namespace {

/// Reads through an array whose syntax has been checked.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  /// The next character that is no white space, not taken; 0 at the end.
  char peek() {
    while (at_ < text_.size() && is_white(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void skip() { ++at_; }

  /// A whole number of at most three digits.
  std::optional<unsigned> number() {
    const std::size_t begin = at_;
    unsigned value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      if (at_ - begin == 3) return std::nullopt;
      value = value * 10 + static_cast<unsigned>(text_[at_++] - '0');
    }
    if (at_ == begin) return std::nullopt;
    return value;
  }

 private:
  static bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A byte, and the comma after it.
struct Written {
  std::array<char, 4> text{};
  std::uint8_t size = 0;
};

constexpr std::array<Written, 256> make_table() {
  std::array<Written, 256> table{};
  for (unsigned value = 0; value < table.size(); ++value) {
    Written& entry = table[value];
    const auto put = [&entry](char c) { entry.text[entry.size++] = c; };
    if (value >= 100) put(static_cast<char>('0' + value / 100));
    if (value >= 10) put(static_cast<char>('0' + value / 10 % 10));
    put(static_cast<char>('0' + value % 10));
    put(',');
  }
  return table;
}

constexpr std::array<Written, 256> table = make_table();

}  // namespace

std::optional<Bytes> read_byte_array(JsonText array, std::size_t count_max) {
  if (array.kind() != JsonKind::array) return std::nullopt;
  Cursor cursor(array.raw);
  cursor.skip();
  Bytes bytes;
  if (cursor.peek() == ']') return bytes;
  // No more than that: bytes may be kept for a while, and white space takes no memory then.
  const auto commas = std::count(array.raw.begin(), array.raw.end(), ',');
  bytes.reserve(std::min(count_max, static_cast<std::size_t>(commas) + 1));
  while (true) {
    cursor.peek();
    const auto value = cursor.number();
    if (!value || *value > 255 || bytes.size() == count_max) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*value));
    const char next = cursor.peek();
    if (next == ']') return bytes;
    if (next != ',') return std::nullopt;
    cursor.skip();
  }
}

void append_byte_array(std::string& out, BytesView bytes) {
  // Written to the end of a longer text, which is cut: four characters at a time are fastest.
  const std::size_t begin = out.size();
  out.resize(begin + 2 + 4 * bytes.size());
  char* to = out.data() + begin;
  *to++ = '[';
  for (const std::uint8_t byte : bytes) {
    const Written& entry = table[byte];
    std::copy(entry.text.begin(), entry.text.end(), to);
    to += entry.size;
  }
  if (!bytes.empty()) --to;
  *to++ = ']';
  out.resize(static_cast<std::size_t>(to - out.data()));
}

}  // namespace pigeon::wire
