#pragma once

#include <cstddef>
#include <string_view>

namespace pigeon {

// Beginnings of UTF-8 texts (RFC 3629) that do not end inside a character.

/// The longest one of at most `bytes_max` bytes.
std::string_view first_bytes(std::string_view text, std::size_t bytes_max);

/// The first `count` characters, or all if there are no more.
std::string_view first_characters(std::string_view text, std::size_t count);

}  // namespace pigeon
