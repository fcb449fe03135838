#include "tests/e2e/udp_test.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <netinet/in.h>
#include <sys/socket.h>

namespace pigeon::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Bytes hello = {1, 2, 3};

/// Datagrams of sizes that make runs, with short ends, and datagrams that stand alone.
std::vector<Bytes> mixed_payloads() {
  std::vector<Bytes> result;
  const auto append = [&](std::size_t size, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      result.push_back(numbered(static_cast<std::uint32_t>(result.size()), size));
    }
  };
  append(1'200, 70);
  append(500, 1);
  append(60, 65);
  append(61, 1);
  append(1'400, 50);
  append(4, 3);
  append(2'048, 40);
  return result;
}

/// Every combination of joining when sending and receiving, and of calls for one or many messages.
class UdpModesTest : public ::testing::TestWithParam<std::tuple<bool, bool, std::size_t, bool>> {
 protected:
  static net::UdpOptions options() {
    return {.joins_sent = std::get<0>(GetParam()),
            .joins_received = std::get<1>(GetParam()),
            .message_count_max = std::get<2>(GetParam())};
  }
  static IpAddress loopback() {
    return std::get<3>(GetParam()) ? IpAddress::loopback_v6() : IpAddress::loopback_v4();
  }
};

TEST_P(UdpModesTest, CarriesTheSameDatagrams) {
  auto alice = bind_udp(loopback(), options());
  auto bob = bind_udp(loopback(), options());
  const std::vector<Bytes> sent = mixed_payloads();
  std::vector<Received> received;
  std::size_t byte_count = 0;

  // So many at once fit into the buffer that every system grants.
  constexpr std::size_t portion = 80;
  for (std::size_t first = 0; first < sent.size(); first += portion) {
    DatagramBatch batch;
    const std::size_t end = std::min(first + portion, sent.size());
    for (std::size_t i = first; i < end; ++i) add(batch, path(alice, bob), sent[i]);
    ASSERT_EQ(alice.send(batch), batch.size());
    byte_count += batch.byte_count();
    std::ranges::move(receive(bob, batch.size()), std::back_inserter(received));
  }

  EXPECT_EQ(payloads(received), sent);
  EXPECT_TRUE(std::all_of(received.begin(), received.end(),
                          [&](const Received& one) { return one.path == path(bob, alice); }));
  EXPECT_EQ(alice.counters().sent_datagrams, sent.size());
  EXPECT_EQ(alice.counters().sent_bytes, byte_count);
  EXPECT_EQ(bob.counters().received_datagrams, sent.size());
  EXPECT_EQ(bob.counters().received_bytes, byte_count);
}

TEST_P(UdpModesTest, TakesAnAnswerFromWhereItSent) {
  auto alice = bind_udp(loopback(), options());
  auto bob = bind_udp(loopback(), options());
  DatagramBatch question;
  add(question, path(alice, bob), hello);
  ASSERT_EQ(alice.send(question), 1U);
  const std::vector<Received> received = receive(bob, 1);
  ASSERT_EQ(received.size(), 1U);

  DatagramBatch answer;
  add(answer, received.front().path, received.front().payload);
  ASSERT_EQ(bob.send(answer), 1U);

  EXPECT_THAT(receive(alice, 1), ElementsAre(Received{path(alice, bob), hello}));
}

TEST_P(UdpModesTest, DropsAndCountsDatagramsAboveTheLimit) {
  net::UdpOptions narrow = options();
  narrow.datagram_size_max = 1'000;
  auto alice = bind_udp(loopback(), options());
  auto bob = bind_udp(loopback(), narrow);
  DatagramBatch batch;
  add(batch, path(alice, bob), numbered(0, 1'001));
  add(batch, path(alice, bob), numbered(1, 1'001));
  add(batch, path(alice, bob), numbered(2, 1'000));
  add(batch, path(alice, bob), numbered(3, 9'000));
  add(batch, path(alice, bob), numbered(4, 10));

  ASSERT_EQ(alice.send(batch), batch.size());

  EXPECT_THAT(payloads(receive(bob, 2)), ElementsAre(numbered(2, 1'000), numbered(4, 10)));
  EXPECT_EQ(bob.counters().receive_too_large, 3U);
}

TEST_P(UdpModesTest, TellsWhichAddressOfAllADatagramCameTo) {
  const bool v6 = std::get<3>(GetParam());
  auto alice = bind_udp(loopback(), options());
  auto bob = bind_udp(v6 ? IpAddress() : IpAddress(IpAddress::V4{}), options());
  // IPv6 has one loopback address only.
  const IpAddress home = v6 ? loopback() : IpAddress(IpAddress::V4{127, 1, 2, 3});
  const SocketAddress target{home, bob.local_address().port};
  DatagramBatch question;
  add(question, {alice.local_address(), target}, hello);

  ASSERT_EQ(alice.send(question), 1U);
  const std::vector<Received> received = receive(bob, 1);
  ASSERT_THAT(received, ElementsAre(Received{{target, alice.local_address()}, hello}));
  DatagramBatch answer;
  for (std::size_t i = 0; i < 3; ++i) add(answer, received.front().path, hello);
  ASSERT_EQ(bob.send(answer), 3U);

  const Received expected{{alice.local_address(), target}, hello};
  EXPECT_THAT(receive(alice, 3), ElementsAre(expected, expected, expected));
}

INSTANTIATE_TEST_SUITE_P(All, UdpModesTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Bool(),
                                            ::testing::Values(1U, 64U), ::testing::Bool()));

TEST(UdpTest, HandsRunsToTheSystemAsAWhole) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  DatagramBatch batch;
  for (std::uint32_t i = 0; i < 128; ++i) add(batch, path(alice, bob), numbered(i, 400));

  ASSERT_EQ(alice.send(batch), batch.size());
  ASSERT_EQ(receive(bob, 128).size(), 128U);

  EXPECT_EQ(alice.counters().send_calls, 1U);
  EXPECT_EQ(alice.counters().sent_as_segments, 128U);
  // The datagrams in one call, and that nothing more was there.
  EXPECT_LE(bob.counters().receive_calls, 3U);
}

TEST(UdpTest, SendsToManyInOneCall) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  auto carol = bind_udp(IpAddress::loopback_v4());
  DatagramBatch batch;
  for (std::uint32_t i = 0; i < 10; ++i) {
    add(batch, path(alice, bob), numbered(i, 100));
    add(batch, path(alice, carol), numbered(i, 100));
  }

  ASSERT_EQ(alice.send(batch), batch.size());

  EXPECT_EQ(alice.counters().send_calls, 1U);
  EXPECT_EQ(payloads(receive(bob, 10)), payloads(receive(carol, 10)));
}

TEST(UdpTest, SendsOnFromWhereTheCallerLeftOff) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  DatagramBatch batch;
  for (std::uint32_t i = 0; i < 5; ++i) add(batch, path(alice, bob), numbered(i, 100));

  EXPECT_EQ(alice.send(batch, 3), 5U);
  EXPECT_EQ(alice.send(batch, 5), 5U);

  EXPECT_THAT(payloads(receive(bob, 2)), ElementsAre(numbered(3, 100), numbered(4, 100)));
}

TEST(UdpTest, CountsWhatTheSystemHadNoRoomFor) {
  // Joined datagrams would be counted as one.
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob =
      bind_udp(IpAddress::loopback_v4(), {.joins_received = false, .receive_buffer_size = 32'768});
  constexpr std::uint32_t count = 2'000;
  DatagramBatch batch;
  for (std::uint32_t i = 0; i < count; ++i) add(batch, path(alice, bob), numbered(i, 1'200));

  ASSERT_EQ(alice.send(batch), batch.size());
  const std::vector<Received> early = receive(bob, 1);
  ASSERT_FALSE(early.empty());
  ASSERT_LT(early.size(), count);
  // The number of the dropped comes with the next.
  DatagramBatch last;
  add(last, path(alice, bob), hello);
  ASSERT_EQ(alice.send(last), 1U);

  EXPECT_THAT(payloads(receive(bob, 1)), ElementsAre(hello));
  EXPECT_EQ(early.front().payload, numbered(0, 1'200));
  EXPECT_EQ(bob.counters().receive_overflowed, count - early.size());
}

TEST(UdpTest, SendsNothingThatMayBeFragmented) {
  const auto v4 = bind_udp(IpAddress::loopback_v4());
  const auto v6 = bind_udp(IpAddress::loopback_v6());
  int mode = -1;
  socklen_t size = sizeof mode;

  ASSERT_EQ(::getsockopt(v4.descriptor(), IPPROTO_IP, IP_MTU_DISCOVER, &mode, &size), 0);
  EXPECT_EQ(mode, IP_PMTUDISC_PROBE);
  ASSERT_EQ(::getsockopt(v6.descriptor(), IPPROTO_IPV6, IPV6_MTU_DISCOVER, &mode, &size), 0);
  EXPECT_EQ(mode, IPV6_PMTUDISC_PROBE);
}

TEST(UdpTest, HasNothingToReceiveAtFirst) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  net::DatagramBuffer buffer;

  EXPECT_FALSE(alice.receive(buffer));
  EXPECT_THAT(buffer.datagrams(), IsEmpty());
  EXPECT_EQ(alice.counters().receive_failed, 0U);
}

TEST(UdpTest, SharesOneBufferBetweenSockets) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  auto carol = bind_udp(IpAddress::loopback_v4(), {.joins_received = false});
  DatagramBatch batch;
  add(batch, path(alice, bob), numbered(1, 10));
  add(batch, path(alice, carol), numbered(2, 10));
  ASSERT_EQ(alice.send(batch), 2U);
  net::DatagramBuffer buffer;

  ASSERT_TRUE(wait_readable(bob));
  ASSERT_TRUE(bob.receive(buffer));
  ASSERT_TRUE(wait_readable(carol));
  ASSERT_TRUE(carol.receive(buffer));

  ASSERT_EQ(buffer.datagrams().size(), 1U);
  EXPECT_EQ(buffer.datagrams()[0].path, path(carol, alice));
  EXPECT_TRUE(std::ranges::equal(buffer.datagrams()[0].payload, numbered(2, 10)));
}

TEST(UdpTest, DropsADatagramThatIsTooLongAndSendsTheOthers) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  DatagramBatch batch;
  add(batch, path(alice, bob), numbered(1, 100));
  add(batch, path(alice, bob), Bytes(65'508));
  add(batch, path(alice, bob), numbered(2, 100));

  EXPECT_EQ(alice.send(batch), 3U);

  EXPECT_THAT(payloads(receive(bob, 2)), ElementsAre(numbered(1, 100), numbered(2, 100)));
  EXPECT_EQ(alice.counters().send_too_large, 1U);
  EXPECT_EQ(alice.counters().sent_datagrams, 2U);
}

TEST(UdpTest, DropsWhatCannotBeReachedAndSendsTheOthers) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  const SocketAddress here = alice.local_address();
  DatagramBatch batch;
  // Nothing leaves the machine from loopback.
  add(batch, {here, {*IpAddress::parse("192.0.2.99"), 9}}, hello);
  add(batch, {here, {IpAddress::loopback_v6(), bob.local_address().port}}, hello);
  add(batch, {here, {*IpAddress::parse("224.0.0.251"), 5'353}}, hello);
  add(batch, {here, {IpAddress(IpAddress::V4{}), bob.local_address().port}}, hello);
  add(batch, {here, {IpAddress::loopback_v4(), 0}}, hello);
  add(batch, path(alice, bob), numbered(1, 100));

  EXPECT_EQ(alice.send(batch), batch.size());

  EXPECT_THAT(payloads(receive(bob, 1)), ElementsAre(numbered(1, 100)));
  EXPECT_EQ(alice.counters().send_refused, 5U);
}

TEST(UdpTest, SurvivesThatNobodyListens) {
  auto alice = bind_udp(IpAddress::loopback_v4());
  auto bob = bind_udp(IpAddress::loopback_v4());
  DatagramBatch batch;
  {
    const auto gone = bind_udp(IpAddress::loopback_v4());
    add(batch, path(alice, gone), hello);
  }
  ASSERT_EQ(alice.send(batch), 1U);
  DatagramBatch next;
  add(next, path(alice, bob), hello);

  EXPECT_EQ(alice.send(next), 1U);

  EXPECT_THAT(payloads(receive(bob, 1)), ElementsAre(hello));
}

TEST(UdpTest, SaysWhyItCannotBind) {
  const auto alice = bind_udp(IpAddress::loopback_v4());

  const auto taken = net::UdpSocket::bind(alice.local_address());
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error(), HasSubstr(alice.local_address().to_text()));
  EXPECT_THAT(taken.error(), HasSubstr("is taken"));

  const auto foreign = net::UdpSocket::bind({*IpAddress::parse("198.51.100.7"), 0});
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error(), HasSubstr("no network interface"));

  EXPECT_FALSE(net::UdpSocket::bind({*IpAddress::parse("224.0.0.1"), 0}));
}

TEST(UdpTest, KeepsTheFamiliesApart) {
  const auto v4 = bind_udp(IpAddress(IpAddress::V4{}));
  const std::uint16_t port = v4.local_address().port;

  EXPECT_TRUE(net::UdpSocket::bind({IpAddress(), port}));
}

}  // namespace
}  // namespace pigeon::test
