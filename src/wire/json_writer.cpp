#include "wire/json_writer.hpp"

#include <array>
#include <charconv>
#include <utility>

#include <simdjson.h>

namespace pigeon::wire {

namespace {

bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// RFC 8259 section 7, with the short forms that JSON.stringify uses.
void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4U];
      out += digits[static_cast<unsigned char>(c) & 0x0fU];
  }
}

}  // namespace

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (needs_escape(c)) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  out += '"';
}

JsonObjectWriter::JsonObjectWriter(std::size_t size_hint) {
  out_.reserve(size_hint);
  out_ += '{';
}

void JsonObjectWriter::begin(std::string_view key) {
  if (out_.size() > 1) out_ += ',';
  out_ += '"';
  out_ += key;
  out_ += "\":";
}

JsonObjectWriter& JsonObjectWriter::text(std::string_view key, std::string_view value) {
  begin(key);
  append_json_string(out_, value);
  return *this;
}

JsonObjectWriter& JsonObjectWriter::number(std::string_view key, std::int64_t value) {
  begin(key);
  std::array<char, 24> digits{};
  char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
  return *this;
}

JsonObjectWriter& JsonObjectWriter::decimal(std::string_view key, double value) {
  begin(key);
  std::array<char, 32> digits{};
  // Numbers too long for the buffer are far beyond any count of ours; JSON has no infinity either.
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                          std::chars_format::fixed, 3);
  if (error == std::errc()) {
    out_.append(digits.data(), end);
  } else {
    out_ += "0";
  }
  return *this;
}

JsonObjectWriter& JsonObjectWriter::boolean(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

JsonObjectWriter& JsonObjectWriter::raw(std::string_view key, std::string_view json) {
  begin(key);
  out_ += json;
  return *this;
}

JsonObjectWriter& JsonObjectWriter::raw_members(std::string_view members) {
  if (members.empty()) return *this;
  if (out_.size() > 1) out_ += ',';
  out_ += members;
  return *this;
}

std::string JsonObjectWriter::finish() {
  out_ += '}';
  return std::move(out_);
}

}  // namespace pigeon::wire
