#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/json_reader.hpp"

namespace pigeon::wire {

/// The canonical form of a JSON text (RFC 8785): no white space, members sorted by the UTF-16 units
/// of their names, numbers and strings as ECMAScript prints them. Nothing if the text is no JSON,
/// is deeper than `json_depth_max`, has a member twice, half a surrogate pair, or a number that is
/// no finite double or does not survive one (an integer beyond 2^53): then the two sides of a
/// signature could differ about what was signed.
std::optional<std::string> canonical_json(std::string_view text, JsonReader& spare);

/// How ECMAScript prints a finite double (ECMA-262, Number::toString, radix 10).
std::string ecmascript_number(double value);

}  // namespace pigeon::wire
