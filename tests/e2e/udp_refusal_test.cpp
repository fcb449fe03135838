#include <algorithm>
#include <cerrno>
#include <deque>
#include <vector>

#include <sys/socket.h>

#include "tests/e2e/udp_test.hpp"

// Refusals of the system that loopback does not know. The linker puts `__wrap_sendmmsg` in the
// place of `sendmmsg`.

namespace {

/// What the next calls do.
struct Answer {
  /// Fails with it; 0 lets the call through.
  int cause = 0;
  /// Applies only if the first message is to be cut into segments.
  bool only_segments = false;
  /// Lets through so many messages only; 0 means all.
  unsigned message_count_max = 0;
};

std::deque<Answer> answers;      // NOLINT: the function below has no other way to know it
std::vector<unsigned> attempts;  // NOLINT: the messages of each call

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names that the
// linker wants.
extern "C" int __real_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags);
extern "C" int __wrap_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags);

extern "C" int __wrap_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  attempts.push_back(count);
  if (answers.empty()) return __real_sendmmsg(socket, messages, count, flags);
  const Answer answer = answers.front();
  const bool has_segments = messages[0].msg_hdr.msg_controllen > 0;
  if (answer.only_segments && !has_segments) {
    return __real_sendmmsg(socket, messages, count, flags);
  }
  answers.pop_front();
  if (answer.cause != 0) {
    errno = answer.cause;
    return -1;
  }
  const unsigned bound = answer.message_count_max == 0 ? count : answer.message_count_max;
  return __real_sendmmsg(socket, messages, std::min(count, bound), flags);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace pigeon::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class UdpRefusalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    answers.clear();
    attempts.clear();
  }
  void TearDown() override {
    EXPECT_THAT(answers, SizeIs(0)) << "not asked for";
    answers.clear();
  }

  DatagramBatch batch_of(std::uint32_t count, std::size_t size = 100) const {
    DatagramBatch batch;
    for (std::uint32_t i = 0; i < count; ++i) add(batch, path(alice_, bob_), numbered(i, size));
    return batch;
  }
  static std::vector<Bytes> numbers(std::uint32_t from, std::uint32_t to) {
    std::vector<Bytes> result;
    for (std::uint32_t i = from; i < to; ++i) result.push_back(numbered(i, 100));
    return result;
  }

  net::UdpSocket alice_ = bind_udp(IpAddress::loopback_v4());
  net::UdpSocket bob_ = bind_udp(IpAddress::loopback_v4());
};

TEST_F(UdpRefusalTest, LeavesTheRestWithTheCallerWhenThereIsNoRoom) {
  alice_ = bind_udp(IpAddress::loopback_v4(), {.joins_sent = false});
  const DatagramBatch batch = batch_of(10);
  answers = {{.message_count_max = 4}, {.cause = EAGAIN}};

  const std::size_t rest = alice_.send(batch);
  EXPECT_EQ(rest, 4U);
  EXPECT_EQ(payloads(receive(bob_, 4)), numbers(0, 4));
  EXPECT_EQ(alice_.counters().send_blocked, 1U);

  EXPECT_EQ(alice_.send(batch, rest), 10U);
  EXPECT_EQ(payloads(receive(bob_, 6)), numbers(4, 10));
}

TEST_F(UdpRefusalTest, LeavesAWholeRunWithTheCallerWhenThereIsNoRoom) {
  answers = {{.cause = EAGAIN}};

  EXPECT_EQ(alice_.send(batch_of(10)), 0U);
  EXPECT_EQ(alice_.counters().sent_datagrams, 0U);
}

TEST_F(UdpRefusalTest, TriesAgainAfterASignal) {
  answers = {{.cause = EINTR}};

  EXPECT_EQ(alice_.send(batch_of(3)), 3U);
  EXPECT_EQ(payloads(receive(bob_, 3)), numbers(0, 3));
}

TEST_F(UdpRefusalTest, SendsOneByOneFromThenOnIfTheDriverCannotCut) {
  answers = {{.cause = EIO}};

  EXPECT_EQ(alice_.send(batch_of(10)), 10U);
  EXPECT_EQ(payloads(receive(bob_, 10)), numbers(0, 10));
  EXPECT_EQ(alice_.send(batch_of(10)), 10U);

  EXPECT_EQ(alice_.counters().sent_as_segments, 0U);
  EXPECT_THAT(attempts, ElementsAre(1U, 10U, 10U));
}

TEST_F(UdpRefusalTest, SendsOneByOneFromThenOnIfOnlySegmentsAreRefused) {
  answers = {{.cause = EINVAL, .only_segments = true}};

  EXPECT_EQ(alice_.send(batch_of(10)), 10U);
  EXPECT_EQ(payloads(receive(bob_, 10)), numbers(0, 10));
  EXPECT_EQ(alice_.send(batch_of(10)), 10U);

  EXPECT_THAT(attempts, ElementsAre(1U, 10U, 10U));
}

TEST_F(UdpRefusalTest, KeepsCuttingIfTheSegmentsWereTooLong) {
  // As older kernels say it: the run is invalid, and then each datagram too long.
  answers = {{.cause = EINVAL}, {.cause = EMSGSIZE}, {.cause = EMSGSIZE}};
  DatagramBatch batch = batch_of(2, 1'500);
  add(batch, path(alice_, bob_), numbered(2, 100));

  EXPECT_EQ(alice_.send(batch), 3U);
  EXPECT_THAT(payloads(receive(bob_, 1)), ElementsAre(numbered(2, 100)));
  EXPECT_EQ(alice_.counters().send_too_large, 2U);

  EXPECT_EQ(alice_.send(batch_of(4)), 4U);
  EXPECT_EQ(alice_.counters().sent_as_segments, 4U);
}

TEST_F(UdpRefusalTest, PassesTheShortEndOfARunThatWasTooLong) {
  answers = {{.cause = EMSGSIZE}, {.cause = EMSGSIZE}};
  DatagramBatch batch = batch_of(1, 1'500);
  add(batch, path(alice_, bob_), numbered(1, 100));

  EXPECT_EQ(alice_.send(batch), 2U);

  EXPECT_THAT(payloads(receive(bob_, 1)), ElementsAre(numbered(1, 100)));
  EXPECT_EQ(alice_.counters().send_too_large, 1U);
}

TEST_F(UdpRefusalTest, DropsARunThatHasNoRoute) {
  answers = {{.cause = ENETUNREACH}};
  DatagramBatch batch = batch_of(10);
  add(batch, path(alice_, bob_), numbered(10, 200));

  EXPECT_EQ(alice_.send(batch), 11U);

  EXPECT_THAT(payloads(receive(bob_, 1)), ElementsAre(numbered(10, 200)));
  EXPECT_EQ(alice_.counters().send_refused, 10U);
}

TEST_F(UdpRefusalTest, DropsOneOfManyAndSendsTheOthers) {
  alice_ = bind_udp(IpAddress::loopback_v4(), {.joins_sent = false});
  answers = {{.message_count_max = 2}, {.cause = ECONNREFUSED}};

  EXPECT_EQ(alice_.send(batch_of(5)), 5U);

  EXPECT_THAT(payloads(receive(bob_, 4)),
              ElementsAre(numbered(0, 100), numbered(1, 100), numbered(3, 100), numbered(4, 100)));
  EXPECT_EQ(alice_.counters().send_refused, 1U);
}

}  // namespace
}  // namespace pigeon::test
