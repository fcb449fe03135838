#pragma once

#include <string>
#include <string_view>

#include "wire/json_writer.hpp"

namespace pigeon::node {

/// A text as the JSON that `Node::send_direct_json` takes.
inline std::string json_text(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  wire::append_json_string(json, text);
  return json;
}

}  // namespace pigeon::node
