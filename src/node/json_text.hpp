#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::node {

/// Of a text that becomes JSON.
using wire::is_utf8;

/// A text as the JSON that `Node::send_direct_json` takes.
inline std::string json_text(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  wire::append_json_string(json, text);
  return json;
}

/// The text that JSON holds: empty if it is no string, nothing if it is not JSON.
inline std::optional<std::string> text_of_json(std::string_view json) {
  wire::JsonReader reader;
  const auto value = reader.parse(json);
  if (!value) return std::nullopt;
  return std::string(reader.unescaped(*value));
}

}  // namespace pigeon::node
