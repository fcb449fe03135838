#include "bench/load/child.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pigeon::bench {
namespace {

std::vector<char*> pointers_of(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  // execvpe does not write to them.
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));  // NOLINT(*-const-cast)
  }
  return pointers;
}

[[noreturn]] void become(char* const* arguments, char* const* environment, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const int null = ::open("/dev/null", O_RDWR);
  // A server's log would measure the terminal. PIGEON_BENCH_OUTPUT=1 shows it.
  const int last = ::getenv("PIGEON_BENCH_OUTPUT") == nullptr ? 2 : 0;
  for (int fd = 0; fd <= last; ++fd) ::dup2(null, fd);
  ::execvpe(arguments[0], arguments, environment);
  _exit(127);
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

}  // namespace

Child::Child(const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment) {
  std::vector<char*> argument_list = pointers_of(arguments);
  argument_list.push_back(nullptr);
  std::vector<char*> environment_list = pointers_of(environment);
  for (char** entry = environ; *entry != nullptr; ++entry) environment_list.push_back(*entry);
  environment_list.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot start a process");
  if (pid_ == 0) become(argument_list.data(), environment_list.data(), parent);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Child::is_running() {
  if (pid_ <= 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void Child::stop(std::chrono::milliseconds grace) {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while (is_running() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  *this = Child();
}

int Child::wait() {
  if (pid_ <= 0) return -1;
  int raw = 0;
  ::waitpid(std::exchange(pid_, -1), &raw, 0);
  return status_of(raw);
}

CpuTime Child::cpu() const {
  CpuTime used;
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) return used;
  used.total = static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text;
  std::getline(file, text);
  // The name in parentheses may hold blanks. After it: state is field 3, utime 14.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  used.user = ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  return used;
}

Memory memory_of(pid_t process) {
  Memory memory;
  std::ifstream file("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name;
    std::size_t value = 0;
    fields >> name >> value;
    if (name == "VmRSS:") memory.resident = value * 1024;
    if (name == "RssAnon:") memory.anonymous = value * 1024;
    if (name == "Threads:") memory.threads = value;
  }
  return memory;
}

CpuTime own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double user = seconds_of(usage.ru_utime);
  return {.total = user + seconds_of(usage.ru_stime), .user = user};
}

}  // namespace pigeon::bench
