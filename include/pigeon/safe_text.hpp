#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pigeon {

// What others have written, for terminals and logs: they would obey some of it.

/// `text` so that a terminal only shows it: control characters, those that change the direction of
/// writing or take no room, and bytes that are not UTF-8 as `\xNN`, `\uNNNN` or `\u{NNNNN}`; cut
/// after `bytes_max`.
std::string safe_text(std::string_view text, std::size_t bytes_max = 4'000);

/// The same for JSON, in one line: valid UTF-8, and what a terminal might obey stays inside its
/// string as `\uNNNN`, so that it is the same value.
std::string safe_json(std::string_view json);

/// `text` as valid UTF-8: other bytes become U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace pigeon
