#include "apps/peerpigeon/console.hpp"

#include <cstdio>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/safe_text.hpp"

namespace peerpigeon {

namespace {
constexpr const char* clear_line = "\r\x1b[K";
}  // namespace

void Console::tell(const Report& report) {
  if (report.level <= level_) answer(report);
}

void Console::answer(const Report& report) {
  if (is_json_) {
    print(to_json(report));
  } else if (!report.text.empty()) {
    print(report.text);
  }
}

void Console::show(std::string_view line) {
  if (!is_json_) print(line);
}

void Console::complain(std::string_view sentence) {
  if (is_json_) {
    print(to_json({Verbosity::error, "error", "", {{"message", valid_utf8(sentence)}}}));
  } else if (write_) {
    write_(sentence);
  } else {
    std::fflush(stdout);
    fmt::print(stderr, "peerpigeon: {}\n", sentence);
  }
}

void Console::show_progress(std::string_view line) {
  if (is_json_ || write_ || ::isatty(STDOUT_FILENO) != 1) return;
  fmt::print("{}{}", clear_line, line);
  std::fflush(stdout);
  has_progress_ = true;
}

void Console::print(std::string_view line) {
  if (write_) return write_(line);
  if (has_progress_) std::fputs(clear_line, stdout);
  has_progress_ = false;
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  // Whoever reads the lines of a pipe wants them now.
  if (std::fflush(stdout) != 0) has_failed_ = true;
}

}  // namespace peerpigeon
