#include "rtc/ice/agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/agent_testing.hpp"

namespace pigeon::ice {
namespace {

using testing::ElementsAre;

TEST(AgentTest, ConnectsOverHostCandidatesInTwoRoundTrips) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  const Instant start = network.now().monotonic;

  network.introduce();

  ASSERT_TRUE(network.run_until([&] { return both_connected(network); }, 1s));
  EXPECT_LE(network.now().monotonic - start, 4 * network.latency);
  EXPECT_THAT(network.alice.states, ElementsAre(State::checking, State::connected));
}

TEST(AgentTest, CarriesDataBothWays) {
  TestNetwork network;
  ASSERT_TRUE(connect(network));

  EXPECT_TRUE(carries_data(network));
}

TEST(AgentTest, SettlesOnOneNominatedPair) {
  TestNetwork network;
  ASSERT_TRUE(connect(network));

  EXPECT_TRUE(network.alice.agent.selected_pair()->nominated);
  EXPECT_TRUE(network.bob.agent.selected_pair()->nominated);
  EXPECT_EQ(network.alice.selections.back().path, (AddressPair{alice_host, bob_host}));
  EXPECT_EQ(network.alice.selections.back().local.address, alice_host);
  EXPECT_EQ(network.alice.selections.back().remote.address, bob_host);
  EXPECT_EQ(network.bob.selections.back().path, (AddressPair{bob_host, alice_host}));
}

TEST(AgentTest, IsQuietOnceItIsSettled) {
  TestNetwork network;
  ASSERT_TRUE(connect(network));
  network.run(1s);
  const std::size_t before = network.datagram_count;

  network.run(60s);

  // Per agent 10 to 15 checks of consent in a minute, and their answers.
  EXPECT_GE(network.datagram_count - before, 2 * 2 * 9U);
  EXPECT_LE(network.datagram_count - before, 2 * 2 * 15U);
}

TEST(AgentTest, LosesAnAddressWithTheChecksThatCameBeforeTheAnswer) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  network.introduce_to(network.bob, network.alice);
  ASSERT_TRUE(network.run_until([&] { return network.bob.agent.can_send(); }, 1s));

  network.alice.agent.remove_local_address(alice_host, network.now());
  network.introduce_to(network.alice, network.bob);
  network.run(1s);

  EXPECT_FALSE(network.alice.agent.can_send());
  EXPECT_EQ(network.alice.agent.state(), State::checking);
}

TEST(AgentTest, DataArrivesBeforeTheAnswerDoes) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);

  // Only Bob has the other's description.
  network.introduce_to(network.bob, network.alice);
  ASSERT_TRUE(network.run_until([&] { return network.bob.agent.can_send(); }, 1s));
  network.send(network.bob, "client hello");
  network.run(5ms);

  EXPECT_THAT(network.alice.data, ElementsAre("client hello"));
  EXPECT_FALSE(network.alice.agent.can_send());
  network.introduce_to(network.alice, network.bob);
  EXPECT_TRUE(network.run_until([&] { return network.alice.agent.can_send(); }, 10ms));
}

TEST(AgentTest, RemembersABoundedNumberOfUnmatchedChecks) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  for (std::uint16_t i = 0; i < 12; ++i) {
    network.add_address(network.bob,
                        address_of("192.168.1.3", static_cast<std::uint16_t>(7'000 + i)));
  }
  network.introduce_to(network.bob, network.alice);
  network.run(300ms);
  ASSERT_GE(network.alice.agent.stats().checks_received, 4U);

  network.bob.candidates.clear();
  network.introduce_to(network.alice, network.bob);

  EXPECT_TRUE(network.run_until([&] { return both_connected(network); }, 100ms));
}

TEST(AgentTest, TrickledCandidatesConnectToo) {
  TestNetwork network;
  network.introduce();
  network.run(2s);
  EXPECT_EQ(network.alice.agent.state(), State::checking);

  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);

  EXPECT_TRUE(network.run_until([&] { return both_connected(network); }, 50ms));
}

TEST(AgentTest, LearnsAPeerReflexiveCandidate) {
  TestNetwork network;
  network.bob.silent = true;
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  network.bob.candidates.clear();

  network.introduce();

  ASSERT_TRUE(network.run_until([&] { return both_connected(network); }, 100ms));
  EXPECT_EQ(network.alice.selections.back().remote.type, CandidateType::peer_reflexive);
  EXPECT_EQ(network.alice.selections.back().remote.address, bob_host);
}

TEST(AgentTest, ConnectsThroughTwoNats) {
  AgentOptions options;
  const SocketAddress server = address_of("203.0.113.1", 3'478);
  options.stun_servers = {server};
  TestNetwork network(options);
  network.stun_server = server;
  network.alice.nat = std::make_unique<TestNat>(*IpAddress::parse("198.51.100.1"));
  network.bob.nat = std::make_unique<TestNat>(*IpAddress::parse("198.51.100.2"));
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_other);
  network.run(50ms);

  network.introduce();
  end_candidates(network);

  ASSERT_TRUE(network.run_until([&] { return both_completed(network); }, 10s));
  EXPECT_EQ(network.alice.selections.back().local.type, CandidateType::server_reflexive);
  EXPECT_EQ(network.alice.selections.back().remote.type, CandidateType::server_reflexive);
  EXPECT_TRUE(carries_data(network));
}

TEST(AgentTest, ConnectsDespiteLoss) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    TestNetwork network({}, seed);
    network.loss = 20;
    network.add_address(network.alice, alice_host);
    network.add_address(network.bob, bob_host);

    network.introduce();

    EXPECT_TRUE(network.run_until([&] { return both_connected(network); }, 5s)) << seed;
    network.run(10s);
    EXPECT_TRUE(network.alice.agent.selected_pair()->nominated) << seed;
    EXPECT_TRUE(network.bob.agent.selected_pair()->nominated) << seed;
  }
}

TEST(AgentTest, SettlesAConflictOfRoles) {
  for (const Role role : {Role::controlling, Role::controlled}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      TestNetwork network({}, seed);
      network.alice.agent.set_role(role);
      network.bob.agent.set_role(role);

      ASSERT_TRUE(connect(network)) << seed;

      EXPECT_NE(network.alice.agent.role(), network.bob.agent.role());
      EXPECT_GE(
          network.alice.agent.stats().role_conflicts + network.bob.agent.stats().role_conflicts,
          1U);
    }
  }
}

TEST(AgentTest, ControlsBesideALiteAgent) {
  TestNetwork network;
  network.alice.agent.set_role(Role::controlled);

  network.alice.agent.set_remote({"lite", std::string(22, 'p')}, true, network.now());

  EXPECT_EQ(network.alice.agent.role(), Role::controlling);
}

TEST(AgentTest, RefusesCredentialsOfWrongSizes) {
  TestNetwork network;
  const std::string password(22, 'p');

  EXPECT_FALSE(network.alice.agent.set_remote({"abc", password}, false, network.now()));
  EXPECT_FALSE(network.alice.agent.set_remote({"abcd", "short"}, false, network.now()));
  EXPECT_FALSE(
      network.alice.agent.set_remote({std::string(257, 'a'), password}, false, network.now()));
  EXPECT_EQ(network.alice.agent.state(), State::fresh);
}

TEST(AgentTest, FailsInBoundedTime) {
  TestNetwork network;
  network.passes = [](const AddressPair&) { return false; };
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  network.introduce();
  network.alice.agent.end_of_remote_candidates(network.now());

  network.run(15s);
  EXPECT_EQ(network.alice.agent.state(), State::failed);
  EXPECT_EQ(network.bob.agent.state(), State::checking);

  network.run(15s);
  EXPECT_EQ(network.bob.agent.state(), State::failed);
  EXPECT_EQ(network.bob.agent.next_timeout(), Instant::max());
}

TEST(AgentTest, ConnectsAfterAnOutageAtTheBeginning) {
  TestNetwork network;
  bool open = false;
  network.passes = [&](const AddressPair&) { return open; };
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  network.introduce();
  network.run(12s);

  open = true;

  EXPECT_TRUE(network.run_until([&] { return both_connected(network); }, 8s));
}

TEST(AgentTest, SaysNothingAfterClose) {
  TestNetwork network;
  ASSERT_TRUE(connect(network));

  network.alice.agent.close(network.now());
  network.alice.agent.add_local_address(alice_other, network.now());
  network.alice.agent.restart(network.now());
  DatagramBatch batch;
  network.alice.agent.transmit(batch, network.now());

  EXPECT_TRUE(batch.empty());
  EXPECT_FALSE(network.alice.agent.can_send());
  EXPECT_EQ(network.alice.agent.next_timeout(), Instant::max());
  EXPECT_EQ(network.alice.agent.state(), State::closed);
}

TEST(AgentTest, UsesLoopbackOnlyWhenAsked) {
  const SocketAddress loopback{IpAddress::loopback_v4(), 5'000};
  AgentOptions options;
  TestNetwork without(options);
  options.use_loopback = true;
  options.use_ipv6 = false;
  TestNetwork with(options);

  without.add_address(without.alice, loopback);
  with.add_address(with.alice, loopback);
  with.add_address(with.alice, address_of("2001:db8::1", 5'000));

  EXPECT_TRUE(without.alice.candidates.empty());
  ASSERT_EQ(with.alice.candidates.size(), 1U);
  EXPECT_EQ(with.alice.candidates[0].address, loopback);
}

TEST(AgentTest, ReportsItsCandidatesWithTheirGeneration) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.add_address(network.alice, alice_host);
  EXPECT_FALSE(network.alice.gathered);

  end_candidates(network);

  EXPECT_TRUE(network.alice.gathered);
  ASSERT_EQ(network.alice.candidates.size(), 1U);
  EXPECT_EQ(network.alice.candidates[0].ufrag, network.alice.agent.local_credentials().ufrag);
}

}  // namespace
}  // namespace pigeon::ice
