#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pigeon/result.hpp"
#include "wire/error.hpp"

namespace pigeon::wire {

/// What a JSON text is, by its first character.
enum class JsonKind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// A value inside a validated text: its exact bytes, quotes and brackets included.
struct JsonText {
  std::string_view raw;

  /// `absent` for no bytes at all.
  JsonKind kind() const;
  /// True for what JavaScript's `if` takes as true; an absent value is not.
  bool is_truthy() const;
};

/// One member of an object. `key` is unescaped, and lives until the reader's next `parse`.
struct JsonMember {
  std::string_view key;
  JsonText value;
};

/// Validates JSON and hands out the exact bytes of its parts, so that a relay need not print again
/// what it did not write. Uses simdjson; keeps its buffers from call to call, a large message's
/// only until the next call.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  /// Checks syntax (RFC 8259), UTF-8 and depth of the whole text. The result and everything taken
  /// from it lie in this reader's memory and live until the next `parse`.
  Result<JsonText, WireError> parse(std::string_view text);

  /// Overwrites what has been parsed, if it was a secret.
  void wipe();

  /// The members of an object inside the parsed text, in their order, duplicates included; nothing
  /// for any other kind. The list lives until the next call of `members` or `parse`.
  const std::vector<JsonMember>& members(JsonText object);

  /// The first elements, at most `count_max`, of an array inside the parsed text; nothing for any
  /// other kind. The list lives until the next call of `elements` or `parse`.
  const std::vector<JsonText>& elements(JsonText array, std::size_t count_max);

  /// The characters of a string inside the parsed text; empty for any other kind. Lives until
  /// `parse`.
  std::string_view unescaped(JsonText value);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon::wire
