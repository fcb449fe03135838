#include "rtc/ice/gatherer.hpp"

#include <array>

#include <gtest/gtest.h>

#include "rtc/ice/agent_testing.hpp"

namespace pigeon::ice {
namespace {

const SocketAddress server = address_of("203.0.113.1", 3'478);
const SocketAddress mapped = address_of("198.51.100.1", 40'000);

AgentOptions with_server() {
  AgentOptions options;
  options.stun_servers = {server};
  return options;
}

Now at(Duration time) { return {Instant(time), 0}; }

/// Answers the first question in the batch.
bool answer(Gatherer& gatherer, const DatagramBatch& asked, const SocketAddress& seen) {
  const auto& datagram = asked.datagrams()[0];
  const auto question = decode_stun(asked.payload(datagram));
  std::array<std::uint8_t, 64> buffer{};
  StunWriter writer(buffer, StunClass::success, StunMethod::binding, question->transaction());
  writer.xor_address(StunAttribute::xor_mapped_address, seen);
  return gatherer.receive(datagram.path, *decode_stun(BytesView(buffer).first(writer.finish())));
}

TEST(GathererTest, LearnsWhatTheServerSees) {
  Gatherer gatherer(with_server(), Random::from_number(1));
  DatagramBatch asked;
  ASSERT_TRUE(gatherer.add_base(alice_host, at(0s)));
  gatherer.end_of_bases();
  gatherer.handle_timeout(at(0s), asked);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_FALSE(gatherer.complete());

  EXPECT_TRUE(answer(gatherer, asked, mapped));
  EXPECT_FALSE(answer(gatherer, asked, mapped));

  ASSERT_EQ(gatherer.candidates().size(), 2U);
  EXPECT_EQ(gatherer.candidates()[1].type, CandidateType::server_reflexive);
  EXPECT_EQ(gatherer.candidates()[1].address, mapped);
  EXPECT_EQ(gatherer.candidates()[1].related, alice_host);
  EXPECT_TRUE(gatherer.complete());
}

TEST(GathererTest, SaysNothingTwice) {
  Gatherer gatherer(with_server(), Random::from_number(1));
  DatagramBatch asked;
  gatherer.add_base(alice_host, at(0s));
  EXPECT_FALSE(gatherer.add_base(alice_host, at(0s)));
  gatherer.handle_timeout(at(0s), asked);

  EXPECT_TRUE(answer(gatherer, asked, alice_host));

  EXPECT_EQ(gatherer.candidates().size(), 1U);
}

TEST(GathererTest, GivesASilentServerUp) {
  Gatherer gatherer(with_server(), Random::from_number(1));
  gatherer.add_base(alice_host, at(0s));
  gatherer.end_of_bases();
  DatagramBatch asked;
  int wakes = 0;
  while (gatherer.next_timeout() != Instant::max() && wakes < 100) {
    gatherer.handle_timeout({gatherer.next_timeout(), 0}, asked);
    ++wakes;
  }

  EXPECT_TRUE(gatherer.complete());
  EXPECT_EQ(asked.size(), 5U);
}

TEST(GathererTest, BoundsTheBases) {
  Gatherer gatherer({}, Random::from_number(1));
  for (std::uint16_t port = 1; port <= 100; ++port) {
    gatherer.add_base({alice_host.ip, port}, at(0s));
  }

  EXPECT_EQ(gatherer.candidates().size(), AgentOptions().local_addresses_max);
}

TEST(GathererTest, RefusesAddressesOfNoHost) {
  Gatherer gatherer({}, Random::from_number(1));

  EXPECT_FALSE(gatherer.add_base(address_of("0.0.0.0", 1), at(0s)));
  EXPECT_FALSE(gatherer.add_base(address_of("ff02::1", 1), at(0s)));
  EXPECT_FALSE(gatherer.add_base(address_of("127.0.0.1", 1), at(0s)));
}

TEST(GathererTest, FoundationsTellTypeBaseAndServerApart) {
  const IpAddress a = alice_host.ip;
  const IpAddress b = bob_host.ip;
  const std::string one = make_foundation(CandidateType::host, a, {});

  EXPECT_EQ(one, make_foundation(CandidateType::host, a, {}));
  EXPECT_NE(one, make_foundation(CandidateType::host, b, {}));
  EXPECT_NE(one, make_foundation(CandidateType::server_reflexive, a, {}));
  EXPECT_NE(one, make_foundation(CandidateType::host, a, b));
}

}  // namespace
}  // namespace pigeon::ice
