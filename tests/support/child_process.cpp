#include "tests/support/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pigeon::test {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// In the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, char* const* environment, int input, int output,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(input >= 0 ? input : ::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> arguments, std::vector<std::string> environment,
                           Input input) {
  const std::vector<char*> argument_list = pointers(arguments);
  const std::vector<char*> environment_list = pointers(environment);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure(std::strerror(errno));
  pipe_ = net::FileDescriptor(ends[0]);
  const net::FileDescriptor writer(ends[1]);
  net::FileDescriptor reader;
  if (input == Input::written) {
    // Not a pipe: writing to a process that has ended must not end this one.
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw Failure(std::strerror(errno));
    }
    reader = net::FileDescriptor(ends[0]);
    input_ = net::FileDescriptor(ends[1]);
  }
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw Failure(std::strerror(errno));
  if (pid_ == 0) {
    become(argument_list.data(), environment_list.data(), reader.number(), writer.number(), parent);
  }
  collector_ = std::thread([this] { collect_output(); });
}

ChildProcess::~ChildProcess() {
  if (is_running()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  collector_.join();
}

bool ChildProcess::is_running() {
  if (status_ >= 0) return false;
  int raw = 0;
  if (::waitpid(pid_, &raw, WNOHANG) != pid_) return true;
  status_ = status_of(raw);
  return false;
}

void ChildProcess::signal(int number) const {
  if (status_ < 0) ::kill(pid_, number);
}

int ChildProcess::wait(Deadline deadline) {
  {
    // The end of its output is the end of the process, or so close to it that waiting is short.
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline.at(), [this] { return output_ended_; })) {
      throw Failure("process still runs; it printed:\n" + output_);
    }
  }
  if (status_ >= 0) return status_;
  int raw = 0;
  ::waitpid(pid_, &raw, 0);
  return status_ = status_of(raw);
}

void ChildProcess::write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t size = ::send(input_.number(), text.data(), text.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw Failure("process takes no input; it printed:\n" + output());
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::string ChildProcess::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

std::string ChildProcess::wait_for_line(std::string_view text, Deadline deadline) const {
  std::unique_lock lock(mutex_);
  std::string line;
  const auto find_line = [&] {
    const std::size_t at = output_.find(text);
    const std::size_t end = output_.find('\n', at);
    if (at == std::string::npos || end == std::string::npos) return false;
    const std::size_t start = output_.rfind('\n', at) + 1;  // 0 if there is no line before
    line = output_.substr(start, end - start);
    return true;
  };
  changed_.wait_until(lock, deadline.at(), [&] { return find_line() || output_ended_; });
  return line;
}

std::size_t ChildProcess::status_bytes(std::string_view field) const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    std::size_t kibibytes = 0;
    fields >> name >> kibibytes;
    if (name == field) return kibibytes * 1024;
  }
  return 0;
}

void ChildProcess::collect_output() {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(pipe_.number(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (size > 0) {
      output_.append(buffer.data(), static_cast<std::size_t>(size));
    } else {
      output_ended_ = true;
    }
    changed_.notify_all();
    if (output_ended_) return;
  }
}

}  // namespace pigeon::test
