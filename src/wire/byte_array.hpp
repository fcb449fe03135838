#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::wire {

// Bytes as a JSON array of whole numbers, as upstream puts them into texts: `[0,255,17]`.

/// The bytes of an array inside a parsed text. Nothing if it is no array, has more than `count_max`
/// elements, or one that is not written as a whole number of 0 to 255.
std::optional<Bytes> read_byte_array(JsonText array, std::size_t count_max);

/// Appends at most four characters for each byte, and the brackets.
void append_byte_array(std::string& out, BytesView bytes);

}  // namespace pigeon::wire
