#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pigeon::wire {

/// Whether the text is UTF-8 (RFC 3629), which JSON has to be.
bool is_utf8(std::string_view text);

/// Appends the text as a JSON string with its quotes. The text is UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// Writes one JSON object, member by member, in the order of the calls.
class JsonObjectWriter {
 public:
  /// `size_hint`: bytes to reserve.
  explicit JsonObjectWriter(std::size_t size_hint = 256);

  /// A string. `key` needs no escaping.
  JsonObjectWriter& text(std::string_view key, std::string_view value);
  JsonObjectWriter& number(std::string_view key, std::int64_t value);
  /// A number with at most three decimals.
  JsonObjectWriter& decimal(std::string_view key, double value);
  JsonObjectWriter& boolean(std::string_view key, bool value);
  /// Text that is JSON already.
  JsonObjectWriter& raw(std::string_view key, std::string_view json);
  /// Members that are JSON already, as in `"a":1,"b":2`; may be empty.
  JsonObjectWriter& raw_members(std::string_view members);

  /// The object. The writer is used up.
  std::string finish();

 private:
  void begin(std::string_view key);

  std::string out_;
};

/// Writes one JSON array, element by element.
class JsonArrayWriter {
 public:
  /// Text that is JSON already.
  JsonArrayWriter& raw(std::string_view json) {
    out_ += out_.size() > 1 ? "," : "";
    out_ += json;
    return *this;
  }

  /// The array. The writer is used up.
  std::string finish() {
    out_ += ']';
    return std::move(out_);
  }

 private:
  std::string out_ = "[";
};

}  // namespace pigeon::wire
