#include "apps/peerpigeon/line_reader.hpp"

#include <array>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <sys/eventfd.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

/// Standard input is a pipe that the test writes to.
class LineReaderTest : public ::testing::Test {
 protected:
  LineReaderTest() : former_(::dup(STDIN_FILENO)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    keyboard_ = ends[1];
  }
  ~LineReaderTest() override {
    end_input();
    ::dup2(former_, STDIN_FILENO);
    for (const int descriptor : {former_, events_, signals_}) ::close(descriptor);
  }

  void type(std::string_view text) const {
    EXPECT_EQ(::write(keyboard_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end_input() {
    if (keyboard_ >= 0) ::close(keyboard_);
    keyboard_ = -1;
  }
  static void raise(int descriptor) { EXPECT_EQ(::eventfd_write(descriptor, 1), 0); }

  int events_ = ::eventfd(0, EFD_NONBLOCK);
  int signals_ = ::eventfd(0, EFD_NONBLOCK);
  std::string looks_;
  bool goes_on_ = true;
  LineReader reader_{{.events = events_,
                      .signals = signals_,
                      .look_at_events =
                          [this] {
                            eventfd_t count = 0;
                            ::eventfd_read(events_, &count);
                            looks_ += 'e';
                            return goes_on_;
                          },
                      .look_at_signals =
                          [this](int signal) {
                            looks_ += 's';
                            return signal != SIGTERM;
                          },
                      .take_signal =
                          [this] {
                            eventfd_t count = 0;
                            ::eventfd_read(signals_, &count);
                            return SIGTERM;
                          }}};

 private:
  int former_;
  int keyboard_ = -1;
};

TEST_F(LineReaderTest, GivesLineAfterLineAndTheLastOneWithoutItsEnd) {
  type("one\n\ntw");
  EXPECT_EQ(reader_.read_line(), "one");
  EXPECT_EQ(reader_.read_line(), "");
  type("o\nthree");
  end_input();
  EXPECT_EQ(reader_.read_line(), "two");
  EXPECT_EQ(reader_.read_line(), "three");
  EXPECT_EQ(reader_.read_line(), std::nullopt);
}

TEST_F(LineReaderTest, ALineWithoutEndIsCut) {
  constexpr std::size_t bytes_max = 262'144;
  std::thread typist([this] {
    type(std::string(bytes_max + 3, 'x') + '\n');
    end_input();
  });
  EXPECT_EQ(reader_.read_line()->size(), bytes_max);
  EXPECT_EQ(reader_.read_line(), "xxx");
  EXPECT_EQ(reader_.read_line(), std::nullopt);
  typist.join();
}

TEST_F(LineReaderTest, LooksAtEventsAndStopsWhenTheySaySo) {
  goes_on_ = false;
  raise(events_);
  EXPECT_EQ(reader_.read_line(), std::nullopt);
  EXPECT_EQ(looks_, "e");
}

TEST_F(LineReaderTest, LooksAtSignalsBeforeEvents) {
  raise(events_);
  raise(signals_);
  type("typed\n");
  EXPECT_EQ(reader_.read_line(), std::nullopt);
  EXPECT_EQ(looks_, "s");
}

TEST_F(LineReaderTest, GoesOnReadingAfterEvents) {
  raise(events_);
  type("typed\n");
  EXPECT_EQ(reader_.read_line(), "typed");
  EXPECT_EQ(looks_, "e");
}

}  // namespace
}  // namespace peerpigeon
