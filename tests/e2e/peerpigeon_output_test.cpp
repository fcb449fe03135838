// Where the output goes: terminals that obey, readers who do not read, disks that are full.
#include <csignal>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/e2e/peerpigeon_side.hpp"

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A pipe by name, both ends of which the test holds, and from which nobody reads.
class UnreadPipe {
 public:
  explicit UnreadPipe(const std::filesystem::path& path) {
    ::mkfifo(path.c_str(), 0600);
    descriptor_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    // Little is left: what one page takes.
    ::fcntl(descriptor_, F_SETPIPE_SZ, 4'096);
  }
  ~UnreadPipe() { ::close(descriptor_); }
  UnreadPipe(const UnreadPipe&) = delete;
  UnreadPipe& operator=(const UnreadPipe&) = delete;

  bool is_full() const {
    pollfd polled{descriptor_, POLLOUT, 0};
    return ::poll(&polled, 1, 10) == 0;
  }

 private:
  int descriptor_ = -1;
};

TEST_F(PeerpigeonTest, NothingThatAHubSaysIsObeyedByATerminal) {
  const OneAnswer server(
      "HTTP/1.1 400 \xc2\x9b"
      "31m\xe2\x80\xaeno\r\nContent-Length: 0\r\n\r\n");
  const Ended sent = run({"send", "hello", "--url", server.url(), "--timeout", "5s"});

  EXPECT_EQ(sent.status, 1);
  EXPECT_THAT(sent.output, HasSubstr("400 \\x9b31m\\u202eno"));
  EXPECT_THAT(sent.output, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(sent.output, Not(HasSubstr("\xe2\x80\xae")));
}

TEST_F(PeerpigeonTest, AFullDiskIsAnExitStatus) {
  EXPECT_EQ(start_in_shell(R"("$@" 2>/dev/full)", {"pers"}).wait(), 2);
  ChildProcess help = start_in_shell(R"("$@" >/dev/full)", {"--help"});
  EXPECT_EQ(help.wait(), 1);
  EXPECT_THAT(help.output(), HasSubstr("cannot write to standard output"));
  EXPECT_EQ(start_in_shell(R"("$@" >/dev/full)", {"--version"}).wait(), 1);
  const SilentPort port;
  EXPECT_EQ(start_in_shell(R"("$@" >/dev/full 2>/dev/full)",
                           {"status", "--url", "ws://127.0.0.1:" + port.number()})
                .wait(),
            1);
}

TEST_F(DemoTest, ASignalEndsAJoinThatNobodyReads) {
  const std::filesystem::path name = folder_.path() / "unread";
  const UnreadPipe unread(name);
  ChildProcess joined = start_in_shell("exec \"$@\" > " + name.string(), {"join", url_, "--json"});
  ASSERT_FALSE(demo_.wait_for_line(R"("event":"guest_joined")").empty()) << demo_.output();
  const Deadline deadline;
  while (!unread.is_full() && !deadline.has_passed()) {
    EXPECT_EQ(run_with_url({"send", std::string(2'000, 'x')}).status, 0);
  }
  ASSERT_TRUE(unread.is_full());

  joined.signal(SIGTERM);
  EXPECT_EQ(joined.wait(), 1);
}

TEST_F(PeerpigeonTest, ADemoEndsWhenNobodyReadsIt) {
  ChildProcess program = start_in_shell(
      R"({ "$@"; echo "status $?" >&2; } | /usr/bin/sed -n /ready/q)", {"demo", "2", "--json"});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(program.output(), HasSubstr("status 1"));
}

TEST_F(DemoTest, AChatEndsWhenNobodyReadsIt) {
  for (const std::string command : {"join", "interactive"}) {
    ChildProcess program =
        start_in_shell(R"({ "$@"; echo "status $?" >&2; } | /usr/bin/head -n 1)",
                       {command, "--url", url_, "--json"}, ChildProcess::Input::written);
    EXPECT_FALSE(program.wait_for_line("joining").empty());
    EXPECT_EQ(program.wait(), 0);
    EXPECT_THAT(program.output(), HasSubstr("status 1"));
  }
}

}  // namespace
}  // namespace pigeon::test
