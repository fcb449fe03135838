// What happens while the system has no room for datagrams. It is played: loopback always has.
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include <sys/socket.h>

#include <gtest/gtest.h>

#include "tests/e2e/rtc_side.hpp"

namespace {
/// Of so many calls one is refused; 0 for none.
std::size_t refuse_each = 0;
std::size_t call_count = 0;
}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names that the
// linker wants.
extern "C" int __real_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags);
extern "C" int __wrap_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags);

extern "C" int __wrap_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  if (refuse_each != 0 && ++call_count % refuse_each == 0) {
    errno = EAGAIN;
    return -1;
  }
  return __real_sendmmsg(socket, messages, count, flags);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace pigeon::test {
namespace {

/// Has 16 MiB cross a socket that often has no room, then says goodbye over it.
void expect_all_arrives(RtcLoop& loop, RtcLoop& other) {
  RtcPair pair(loop, other);
  RtcSide& alice = pair.alice;
  RtcSide& bob = pair.bob;
  ASSERT_TRUE(run_until(loop, other, [&] { return pair.is_open(); }));
  bob.keeps_messages = false;
  constexpr std::size_t total = std::size_t{16} << 20U;
  const std::vector<std::uint8_t> message(std::size_t{64} << 10U);
  std::size_t sent = 0;
  const auto fill = [&, &from = *alice.connection, channel = alice.channel()] {
    while (sent < total && from.buffered_amount(channel) < (std::size_t{1} << 20U)) {
      ASSERT_TRUE(from.send_binary(channel, message).has_value());
      sent += message.size();
    }
  };
  alice.on_event = [&](const rtc::ConnectionEvent& event) {
    if (std::holds_alternative<rtc::BufferedAmountLow>(event)) fill();
  };

  refuse_each = 2;
  fill();
  const bool has_arrived = run_until(loop, other, [&] { return bob.message_bytes == total; });
  alice.connection.reset();
  const bool has_ended = run_until(loop, other, [&] { return bob.is_closed(); });
  refuse_each = 0;

  EXPECT_TRUE(has_arrived);
  EXPECT_TRUE(has_ended);
  EXPECT_GT(loop.stats().send_blocked, 10U);
  EXPECT_EQ(loop.stats().connections, 0U);
}

TEST(RtcBlockedTest, LosesNothingWhileItsOwnSocketHasNoRoom) {
  RtcLoop loop = make_loop();
  RtcLoop other = make_loop();
  expect_all_arrives(loop, other);
}

TEST(RtcBlockedTest, LosesNothingWhileASharedSocketHasNoRoom) {
  RtcLoop loop = make_loop({.addresses = {"127.0.0.1"}, .shares_sockets = true});
  RtcLoop other = make_loop();
  expect_all_arrives(loop, other);
}

}  // namespace
}  // namespace pigeon::test
