#include "apps/peerpigeon/write_out.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

#include <poll.h>
#include <unistd.h>

namespace peerpigeon {

namespace {

constexpr int look_again_ms = 50;

/// Whether a signal that is kept back for `apps::Signals` asks for the end.
bool is_end_asked() {
  sigset_t pending;
  if (::sigpending(&pending) != 0) return false;
  return ::sigismember(&pending, SIGINT) == 1 || ::sigismember(&pending, SIGTERM) == 1 ||
         ::sigismember(&pending, SIGHUP) == 1;
}

}  // namespace

bool wait_writable(int descriptor) {
  for (;;) {
    pollfd waited{descriptor, POLLOUT, 0};
    const int ready = ::poll(&waited, 1, look_again_ms);
    if (ready > 0) return (waited.revents & POLLNVAL) == 0;
    if (ready < 0 && errno != EINTR) return false;
    if (is_end_asked()) return false;
  }
}

bool write_out(int descriptor, std::string_view text) {
  while (!text.empty()) {
    if (!wait_writable(descriptor)) return false;
    // A pipe that is writable takes so much without waiting.
    const ssize_t size =
        ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace peerpigeon
