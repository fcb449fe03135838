// The prompt at a real terminal: completion, history, Ctrl+C.
#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "net/file_descriptor.hpp"
#include "tests/e2e/peerpigeon_side.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// A program at a terminal of its own.
class TerminalProcess {
 public:
  TerminalProcess(std::vector<std::string> arguments, std::vector<std::string> environment) {
    const auto argument_list = pointers(arguments);
    const auto environment_list = pointers(environment);
    terminal_ = net::FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    const int terminal = terminal_.number();
    if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
      throw Failure("there is no terminal");
    }
    const winsize size{.ws_row = 40, .ws_col = 120, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(terminal, TIOCSWINSZ, &size);
    const std::string name = ::ptsname(terminal);
    pid_ = ::fork();
    if (pid_ != 0) return;
    // In the child: system calls only. The first terminal that it opens becomes its own.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setsid();
    const int own = ::open(name.c_str(), O_RDWR);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(own, standard);
    ::execve(argument_list[0], argument_list.data(), environment_list.data());
    ::_exit(127);
  }
  ~TerminalProcess() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  TerminalProcess(const TerminalProcess&) = delete;
  TerminalProcess& operator=(const TerminalProcess&) = delete;

  void type(std::string_view keys) {
    shown_.clear();
    ASSERT_EQ(::write(terminal_.number(), keys.data(), keys.size()),
              static_cast<ssize_t>(keys.size()));
  }
  /// Waits until this is shown after what was typed last; false past the deadline.
  bool shows(std::string_view text, Deadline deadline = Deadline()) {
    while (shown_.find(text) == std::string::npos) {
      if (!read_more(deadline)) return false;
    }
    return true;
  }
  const std::string& shown() const { return shown_; }
  int wait(Deadline deadline = Deadline()) {
    while (read_more(deadline)) {
    }
    int raw = 0;
    ::waitpid(std::exchange(pid_, -1), &raw, 0);
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  }

 private:
  bool read_more(Deadline deadline) {
    pollfd polled{terminal_.number(), POLLIN, 0};
    if (::poll(&polled, 1, deadline.poll_ms()) != 1) return false;
    std::array<char, 4'096> buffer{};
    const ssize_t size = ::read(terminal_.number(), buffer.data(), buffer.size());
    if (size <= 0) return false;
    shown_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
  }

  pid_t pid_ = -1;
  net::FileDescriptor terminal_;
  std::string shown_;
};

class TerminalTest : public DemoTest {
 protected:
  TerminalProcess start_chat() {
    std::vector<std::string> variables = environment();
    variables.emplace_back("TERM=xterm");
    // libedit keeps the names of the functions that it is given.
    for (std::string& variable : variables) {
      if (variable.starts_with("ASAN_OPTIONS=")) variable += ":detect_leaks=0";
    }
    return {{PIGEON_PEER_BINARY, "interactive", "--url", url_}, std::move(variables)};
  }
};

TEST_F(TerminalTest, TheTabKeyCompletesCommandsAndIds) {
  TerminalProcess chat = start_chat();
  const std::string bob = peer_id("bob");
  ASSERT_TRUE(chat.shows(bob.substr(0, 8) + " is linked")) << chat.shown();

  chat.type("/he\t");
  ASSERT_TRUE(chat.shows("lp ")) << chat.shown();
  chat.type("\r");
  EXPECT_TRUE(chat.shows("What you type goes to everybody")) << chat.shown();

  chat.type("/dm " + bob.substr(0, 10) + "\t");
  EXPECT_TRUE(chat.shows(bob.substr(10))) << chat.shown();
  chat.type("ping\r");
  EXPECT_TRUE(chat.shows("pong from bob")) << chat.shown();
  chat.type("/quit\r");
  EXPECT_EQ(chat.wait(), 0) << chat.shown();
}

TEST_F(TerminalTest, LinesComeBackAlsoInTheNextChat) {
  {
    TerminalProcess chat = start_chat();
    ASSERT_TRUE(chat.shows("is linked")) << chat.shown();
    chat.type("/status\r");
    ASSERT_TRUE(chat.shows("messages ")) << chat.shown();
    chat.type("\x1b[A");
    EXPECT_TRUE(chat.shows("/status")) << chat.shown();
    chat.type("\r");
    EXPECT_TRUE(chat.shows("messages ")) << chat.shown();
    chat.type("/quit\r");
    EXPECT_EQ(chat.wait(), 0) << chat.shown();
  }
  EXPECT_THAT(contents(home() / "history"), HasSubstr("/status"));

  TerminalProcess chat = start_chat();
  ASSERT_TRUE(chat.shows("is linked")) << chat.shown();
  // The last line was /quit, of which the editor keeps the slash.
  chat.type("\x1b[A\x1b[A");
  EXPECT_TRUE(chat.shows("status")) << chat.shown();
}

TEST_F(TerminalTest, CtrlCTakesTheLineAwayAndThenEndsTheChat) {
  TerminalProcess chat = start_chat();
  ASSERT_TRUE(chat.shows("is linked")) << chat.shown();
  chat.type("half a line");
  ASSERT_TRUE(chat.shows("half a line")) << chat.shown();
  chat.type("\x03");
  chat.type("/status\r");
  ASSERT_TRUE(chat.shows("messages ")) << chat.shown();
  chat.type("\x03");
  EXPECT_EQ(chat.wait(), 0) << chat.shown();
}

}  // namespace
}  // namespace pigeon::test
