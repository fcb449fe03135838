#pragma once

#include <string_view>

namespace pigeon::wire {

/// Why bytes from the network are not a message.
enum class WireError {
  /// Not JSON (RFC 8259), or not UTF-8.
  malformed_json,
  /// Nested deeper than `json_depth_max`.
  nested_too_deep,
  /// Longer than `message_bytes_max`.
  too_large,
  /// JSON, but a field has a type or length that it must not have.
  bad_field,
};

/// The error in words.
std::string_view to_string(WireError error);

}  // namespace pigeon::wire
