#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "pigeon/id.hpp"
#include "wire/json_reader.hpp"
#include "wire/limits.hpp"
#include "wire/peer_message.hpp"
#include "wire/spelled_id.hpp"

namespace pigeon::wire {

/// A member that counts, and where its value goes.
struct KnownMember {
  std::string_view key;
  JsonText* value;
};

/// Puts the values of known members where they belong, which is absent so far. False if one of them
/// is there twice.
bool take_members(const std::vector<JsonMember>& members, std::initializer_list<KnownMember> known);

/// Reads the values of members, and remembers whether one of them was not what it must be. What is
/// returned for such a value means nothing.
class FieldReader {
 public:
  explicit FieldReader(JsonReader& reader) : reader_(reader) {}

  /// A string of at most `bytes_max` bytes; empty for null and if absent.
  std::string_view text(JsonText value, std::size_t bytes_max = name_bytes_max);
  /// A string that is there and not empty.
  std::string_view name(JsonText value, std::size_t bytes_max = name_bytes_max);
  /// The namespace: `global` for what JavaScript takes as false.
  std::string_view network(JsonText value);
  PeerId id(JsonText value);
  SpelledId spelled_id(JsonText value);
  /// Nothing for what JavaScript takes as false.
  std::optional<SpelledId> optional_id(JsonText value);
  /// The same, with white space around the id.
  std::optional<SpelledId> trimmed_id(JsonText value);
  /// An array of at most `count_max` ids; empty if absent.
  std::vector<PeerId> ids(JsonText value, std::size_t count_max);
  /// A whole number, 0 to `max`, which is at most 2^53.
  std::uint64_t count(JsonText value, std::uint64_t max = json_integer_max);
  /// Nothing for null and if absent.
  std::optional<std::uint64_t> optional_count(JsonText value, std::uint64_t max = json_integer_max);
  /// Milliseconds, rounded down, at most 2^53 from 0; 0 if absent.
  std::int64_t time(JsonText value);
  /// False if absent, otherwise `true` and nothing else.
  bool mark(JsonText value);

  /// Whether everything so far was what it must be.
  bool is_valid() const { return is_valid_; }

 private:
  SpelledId parsed(std::string_view text);

  JsonReader& reader_;
  bool is_valid_ = true;
};

}  // namespace pigeon::wire
