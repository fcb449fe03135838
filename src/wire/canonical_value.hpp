#pragma once

#include <string>

#include "wire/json_reader.hpp"

namespace pigeon::wire {

/// Appends the canonical form (see `canonical_json`) of a value inside the text that `reader` has
/// parsed. False, with a part of it appended, if it has none.
bool append_canonical(std::string& out, JsonText value, JsonReader& reader);

}  // namespace pigeon::wire
