#include "apps/peerpigeon/line_reader.hpp"

#include <array>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "apps/peerpigeon/write_out.hpp"

namespace peerpigeon {

std::optional<std::string> LineReader::read_line() {
  for (;;) {
    if (auto line = take_line()) return line;
    if (has_ended_) return std::nullopt;
    std::array<pollfd, 3> polled = {pollfd{STDIN_FILENO, POLLIN, 0},
                                    pollfd{watched_.events, POLLIN, 0},
                                    pollfd{watched_.signals, POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    if (polled[2].revents != 0 && !watched_.look_at_signals(watched_.take_signal())) {
      return std::nullopt;
    }
    if (polled[1].revents != 0 && !watched_.look_at_events()) return std::nullopt;
    if (polled[0].revents == 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) has_ended_ = true;
    if (size > 0) waiting_.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::optional<std::string> LineReader::take_line() {
  const auto end = waiting_.find('\n');
  const bool is_whole = end != std::string::npos && end <= line_bytes_max;
  if (!is_whole && waiting_.size() < line_bytes_max && !(has_ended_ && !waiting_.empty())) {
    return std::nullopt;
  }
  std::string line = waiting_.substr(0, is_whole ? end : line_bytes_max);
  waiting_.erase(0, is_whole ? end + 1 : line.size());
  return line;
}

bool LineReader::print(std::string_view line) {
  return write_out(STDOUT_FILENO, std::string(line) + '\n');
}

}  // namespace peerpigeon
