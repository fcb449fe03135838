#include "rtc/ice/agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/agent_testing.hpp"

namespace pigeon::ice {
namespace {

using testing::Contains;
using testing::ElementsAre;

const SocketAddress alice_host = address_of("192.168.1.2", 5'000);
const SocketAddress bob_host = address_of("192.168.1.3", 6'000);

bool both_connected(const TestNetwork& network) {
  return network.alice.agent.can_send() && network.bob.agent.can_send();
}

bool both_completed(const TestNetwork& network) {
  return network.alice.agent.state() == State::completed &&
         network.bob.agent.state() == State::completed;
}

void end_candidates(TestNetwork& network) {
  for (TestPeer* peer : {&network.alice, &network.bob}) {
    peer->agent.end_of_local_addresses(network.now());
    peer->agent.end_of_remote_candidates(network.now());
  }
  network.drain();
}

/// Alice and Bob on one network, connected and settled.
void connect(TestNetwork& network) {
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  network.introduce();
  end_candidates(network);
  ASSERT_TRUE(network.run_until([&] { return both_completed(network); }, 1s));
}

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
  connect(network);

  network.send(network.alice, "to bob");
  network.send(network.bob, "to alice");
  network.run(10ms);

  EXPECT_THAT(network.bob.data, ElementsAre("to bob"));
  EXPECT_THAT(network.alice.data, ElementsAre("to alice"));
}

TEST(AgentTest, SettlesOnOneNominatedPair) {
  TestNetwork network;
  connect(network);

  EXPECT_TRUE(network.alice.agent.selected_pair()->nominated);
  EXPECT_TRUE(network.bob.agent.selected_pair()->nominated);
  EXPECT_EQ(network.alice.selections.back().path, (AddressPair{alice_host, bob_host}));
  EXPECT_EQ(network.bob.selections.back().path, (AddressPair{bob_host, alice_host}));
}

}  // namespace
}  // namespace pigeon::ice
