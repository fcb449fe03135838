#include "base/text.hpp"

namespace pigeon {

namespace {

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

}  // namespace

std::string_view first_bytes(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t size = bytes_max;
  while (size > 0 && continues_character(text[size])) --size;
  return text.substr(0, size);
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count && size < text.size(); ++i) {
    ++size;
    while (size < text.size() && continues_character(text[size])) ++size;
  }
  return text.substr(0, size);
}

}  // namespace pigeon
