#include "apps/peerpigeon/console.hpp"

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/write_out.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace {
constexpr std::string_view clear_line = "\r\x1b[K";
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
    print(to_json({Verbosity::error, "error", "", {{"message", pigeon::valid_utf8(sentence)}}}));
  } else if (write_) {
    print(pigeon::safe_text(sentence));
  } else {
    // If even this fails, the exit status has to say it.
    (void)write_out(STDERR_FILENO, fmt::format("peerpigeon: {}\n", pigeon::safe_text(sentence)));
  }
}

void Console::show_progress(std::string_view line) {
  if (is_json_ || write_ || ::isatty(STDOUT_FILENO) != 1) return;
  write(fmt::format("{}{}", clear_line, line));
  has_progress_ = true;
}

bool Console::has_reader() {
  pollfd watched{STDOUT_FILENO, 0, 0};
  // A pipe that nobody reads reports an error without being asked for one.
  if (::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLERR | POLLHUP)) != 0) {
    has_failed_ = true;
  }
  return !has_failed_;
}

void Console::print(std::string_view line) {
  if (write_) {
    if (!has_failed_ && !write_(line)) has_failed_ = true;
    return;
  }
  write(fmt::format("{}{}\n", has_progress_ ? clear_line : "", line));
  has_progress_ = false;
}

void Console::write(std::string_view text) {
  // What follows half a line would be read as the rest of it.
  if (!has_failed_ && !write_out(STDOUT_FILENO, text)) has_failed_ = true;
}

}  // namespace peerpigeon
