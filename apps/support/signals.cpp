#include "apps/support/signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace apps {

namespace {

/// Blocks the signals and gives the descriptor that they arrive at.
int open_signals(std::initializer_list<int> more) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  for (const int number : more) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

Signals::Signals(std::initializer_list<int> more)
    : signal_fd_(open_signals(more)), wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (signal_fd_ < 0 || wake_fd_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot receive signals");
  }
}

Signals::~Signals() {
  ::close(signal_fd_);
  ::close(wake_fd_);
}

int Signals::wait() {
  for (;;) {
    std::array<pollfd, 2> watched = {pollfd{signal_fd_, POLLIN, 0}, pollfd{wake_fd_, POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (const int number = take(); number != 0) return number;
    if ((watched[1].revents & POLLIN) != 0) return 0;
  }
}

int Signals::take() const {
  signalfd_siginfo info{};
  const bool is_there =
      ::read(signal_fd_, &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info));
  return is_there ? static_cast<int>(info.ssi_signo) : 0;
}

void Signals::wake() const {
  const std::uint64_t one = 1;
  // Fails only if the counter is full, and then `wait` returns anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof(one));
}

}  // namespace apps
