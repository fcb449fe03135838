#include "apps/support/print.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace apps {

// Not fmt::print: it throws.

std::optional<std::string> print_all(std::string_view text) {
  errno = 0;
  const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0) return std::nullopt;
  return std::string("cannot write to standard output: ") + std::strerror(errno);
}

void complain(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace apps
