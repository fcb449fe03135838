#include "pigeon/safe_text.hpp"

#include <cstdint>
#include <optional>

namespace pigeon {

namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t size = 1;
};

/// The character that the text begins with (RFC 3629); nothing if its first byte begins none.
std::optional<Character> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return std::nullopt;
  std::uint32_t code = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return std::nullopt;
    code = code << 6U | (byte(i) & 0x3fU);
  }
  const bool is_overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xd800 && code < 0xe000;
  if (is_overlong || is_surrogate || code > 0x10ffff) return std::nullopt;
  return Character{code, size};
}

/// Controls, line and paragraph separators, and what changes the direction of writing or cannot be
/// seen: somebody could write another's name with them.
bool may_be_obeyed(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
         (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
         (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

/// `prefix` and the number in this many digits of hexadecimal.
void append_escape(std::string& out, std::string_view prefix, std::uint32_t number, int digits) {
  out += prefix;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[number >> static_cast<unsigned>(shift) & 0xfU];
  }
}

}  // namespace

std::string safe_text(std::string_view text, std::size_t bytes_max) {
  std::string safe;
  for (std::size_t at = 0; at < text.size();) {
    if (at >= bytes_max) return safe + "...";
    const auto character = first_character(text.substr(at));
    const std::size_t size = character ? character->size : 1;
    if (!character) {
      append_escape(safe, "\\x", static_cast<unsigned char>(text[at]), 2);
    } else if (!may_be_obeyed(character->code)) {
      safe += text.substr(at, size);
    } else if (character->code < 0x100) {
      append_escape(safe, "\\x", character->code, 2);
    } else if (character->code < 0x10000) {
      append_escape(safe, "\\u", character->code, 4);
    } else {
      append_escape(safe, "\\u{", character->code, 5);
      safe += '}';
    }
    at += size;
  }
  return safe;
}

std::string safe_json(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const auto character = first_character(json.substr(at));
    if (!character) {
      safe += "\\ufffd";
    } else if (character->code == '\t' || character->code == '\n' || character->code == '\r') {
      // Between the values of JSON, as they cannot stand in its strings.
      safe += ' ';
    } else if (!may_be_obeyed(character->code)) {
      safe += json.substr(at, character->size);
    } else if (character->code < 0x10000) {
      append_escape(safe, "\\u", character->code, 4);
    } else {
      const std::uint32_t rest = character->code - 0x10000;
      append_escape(safe, "\\u", 0xd800 + (rest >> 10U), 4);
      append_escape(safe, "\\u", 0xdc00 + (rest & 0x3ffU), 4);
    }
    at += character ? character->size : 1;
  }
  return safe;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = first_character(text.substr(at));
    const std::size_t size = character ? character->size : 1;
    valid += character ? text.substr(at, size) : "\xef\xbf\xbd";
    at += size;
  }
  return valid;
}

}  // namespace pigeon
