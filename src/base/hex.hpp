#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace pigeon {

/// Lower-case hexadecimal text, two digits a byte.
std::string encode_hex(BytesView bytes);
/// Appends it to another text.
void append_hex(std::string& out, BytesView bytes);

/// Reads hexadecimal text of either case. Anything else (an odd length, white space, a prefix)
/// gives nothing.
std::optional<Bytes> decode_hex(std::string_view text);

}  // namespace pigeon
