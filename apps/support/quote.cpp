#include "apps/support/quote.hpp"

#include <fmt/format.h>

namespace apps {

std::string quote(std::string_view text, std::size_t bytes_max) {
  std::string quoted = "\"";
  for (const char c : text.substr(0, bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte >= 0x20 && byte < 0x7f) {
      quoted += c;
    } else {
      quoted += fmt::format("\\x{:02x}", byte);
    }
  }
  return quoted + (text.size() > bytes_max ? "...\"" : "\"");
}

}  // namespace apps
