// What is printed, and what becomes of it if nobody reads.
#include "apps/peerpigeon/console.hpp"

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/peerpigeon/session.hpp"
#include "apps/peerpigeon/write_out.hpp"

namespace peerpigeon {
namespace {

using ::testing::ElementsAre;

/// A signal of this process that is kept back, as `apps::Signals` does.
class PendingSignal {
 public:
  explicit PendingSignal(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, &former_);
    ::kill(::getpid(), number);
    set_ = set;
  }
  ~PendingSignal() {
    const timespec at_once{};
    ::sigtimedwait(&set_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &former_, nullptr);
  }
  PendingSignal(const PendingSignal&) = delete;
  PendingSignal& operator=(const PendingSignal&) = delete;

 private:
  sigset_t set_{};
  sigset_t former_{};
};

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends.data()), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void fill() const {
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    const std::string page(4096, 'x');
    while (::write(ends[1], page.data(), page.size()) > 0) {
    }
    ::fcntl(ends[1], F_SETFL, 0);
  }
  std::array<int, 2> ends{};
};

TEST(ConsoleTest, ComplaintsAreHarmlessAtAPrompt) {
  std::vector<std::string> lines;
  Console console(false, Verbosity::info);
  console.redirect([&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  });

  console.complain("hub: \x1b[2J\xc2\x9b\xe2\x80\xae");

  EXPECT_THAT(lines, ElementsAre("hub: \\x1b[2J\\x9b\\u202e"));
}

TEST(ConsoleTest, NothingFollowsALineThatNobodyRead) {
  int lines = 0;
  Console console(false, Verbosity::info);
  console.redirect([&](std::string_view) { return ++lines < 2; });

  console.show("one");
  EXPECT_FALSE(console.has_failed());
  console.show("two");
  console.show("three");

  EXPECT_TRUE(console.has_failed());
  EXPECT_EQ(lines, 2);
}

TEST(WriteOutTest, WaitsForASlowReader) {
  const Pipe pipe;
  const std::string text(1'000'000, 'x');
  std::string read;
  std::thread reader([&] {
    std::array<char, 10'000> buffer{};
    while (read.size() < text.size()) {
      const ssize_t size = ::read(pipe.ends[0], buffer.data(), buffer.size());
      if (size <= 0) return;
      read.append(buffer.data(), static_cast<std::size_t>(size));
    }
  });
  EXPECT_TRUE(write_out(pipe.ends[1], text));
  reader.join();
  EXPECT_EQ(read, text);
}

TEST(WriteOutTest, ASignalEndsWaitingForAReaderWhoDoesNotRead) {
  const Pipe pipe;
  pipe.fill();
  const PendingSignal signal(SIGTERM);
  EXPECT_FALSE(write_out(pipe.ends[1], "more"));
}

TEST(WriteOutTest, ASignalDoesNotKeepWhatCanBeWritten) {
  const Pipe pipe;
  const PendingSignal signal(SIGTERM);
  EXPECT_TRUE(write_out(pipe.ends[1], "more"));
}

TEST(WriteOutTest, FailsWhereNothingCanBeWritten) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  EXPECT_FALSE(write_out(full, "text"));
  ::close(full);
  EXPECT_FALSE(write_out(full, "text"));
}

TEST(WaitForTest, AFloodOfEventsKeepsNeitherSignalsNorTheDeadlineWaiting) {
  sigset_t former;
  pthread_sigmask(SIG_SETMASK, nullptr, &former);
  {
    Inbox inbox;
    Console console(false, Verbosity::off);
    const apps::Signals signals;
    int steps = 0;
    const auto flood = [&](Arrival&) {
      inbox.push({0, pigeon::PeerConnected{}, {}});
      if (++steps == 100) ::kill(::getpid(), SIGINT);
      return false;
    };
    inbox.push({0, pigeon::PeerConnected{}, {}});

    EXPECT_EQ(wait_for(inbox, signals, console, std::nullopt, flood), Ending::interrupted);
    EXPECT_LT(steps, 300);
    EXPECT_EQ(wait_for(inbox, signals, console, Clock::now(), flood), Ending::timed_out);
  }
  pthread_sigmask(SIG_SETMASK, &former, nullptr);
}

}  // namespace
}  // namespace peerpigeon
