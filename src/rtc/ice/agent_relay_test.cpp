#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/agent.hpp"
#include "rtc/ice/agent_testing.hpp"

namespace pigeon::ice {
namespace {

using testing::IsEmpty;

const SocketAddress server_a = address_of("203.0.113.1", 3'478);
const SocketAddress server_b = address_of("203.0.113.2", 3'478);
const SocketAddress relayed_a = address_of("203.0.113.1", 50'000);
const SocketAddress relayed_b = address_of("203.0.113.2", 50'001);

AgentOptions options_for(const SocketAddress& server, TurnTransport transport) {
  AgentOptions options;
  options.turn_servers = {
      {.address = server, .transport = transport, .username = "user", .password = "secret"}};
  return options;
}

/// Alice and Bob reach TURN servers, but not each other.
class AgentRelayTest : public testing::TestWithParam<TurnTransport> {
 protected:
  AgentRelayTest() : network_(options_for(server_a, GetParam())) {
    network_.relays.push_back(
        {.address = server_a, .model = ModelTurnServer({.relayed = relayed_a})});
    network_.passes = [this](const AddressPair& path) {
      const auto is_server = [](const SocketAddress& address) {
        return address.ip == server_a.ip || address.ip == server_b.ip;
      };
      return direct_ || is_server(path.local) || is_server(path.remote);
    };
  }

  /// Only Alice is told of the server.
  void connect_relayed() {
    network_.add_address(network_.alice, alice_host);
    network_.run(50ms);
    network_.bob.agent = Agent({}, Random::from_number(77));
    network_.add_address(network_.bob, bob_other);
    network_.introduce();
    end_candidates(network_);
  }

  void expect_no_complaints() const {
    for (const TestRelay& relay : network_.relays) {
      EXPECT_THAT(relay.model.complaints, IsEmpty());
    }
  }

  bool direct_ = false;
  TestNetwork network_;
};

TEST_P(AgentRelayTest, ConnectsThroughARelay) {
  connect_relayed();

  ASSERT_TRUE(network_.run_until([&] { return both_completed(network_); }, 2s));
  EXPECT_EQ(network_.alice.selections.back().local.type, CandidateType::relayed);
  EXPECT_EQ(network_.alice.selections.back().path, (AddressPair{relayed_a, bob_other}));
  EXPECT_EQ(network_.bob.selections.back().path, (AddressPair{bob_other, relayed_a}));
  EXPECT_TRUE(carries_data(network_));
  expect_no_complaints();
}

TEST_P(AgentRelayTest, BindsAChannelForTheSelectedPair) {
  connect_relayed();

  network_.run(2s);

  EXPECT_THAT(network_.relays[0].model.requests, testing::Contains(StunMethod::channel_bind));
  EXPECT_TRUE(carries_data(network_));
  expect_no_complaints();
}

TEST_P(AgentRelayTest, KeepsTheRelayForHours) {
  connect_relayed();

  for (int i = 0; i < 20; ++i) {
    network_.run(10min);
    ASSERT_TRUE(carries_data(network_)) << i;
  }
  EXPECT_EQ(network_.alice.agent.state(), State::completed);
  expect_no_complaints();
}

TEST_P(AgentRelayTest, LeavesTheRelayForADirectPath) {
  connect_relayed();
  ASSERT_TRUE(network_.run_until([&] { return both_completed(network_); }, 2s));

  network_.run(60s);
  direct_ = true;
  network_.run(60s);

  EXPECT_EQ(network_.alice.agent.selected_pair()->path, (AddressPair{alice_host, bob_other}));
  EXPECT_EQ(network_.bob.agent.selected_pair()->path, (AddressPair{bob_other, alice_host}));
  EXPECT_TRUE(carries_data(network_));
}

TEST_P(AgentRelayTest, GivesTheRelayBackAtTheEnd) {
  connect_relayed();
  network_.run(2s);

  network_.alice.agent.close(network_.now());
  network_.run(1s);

  EXPECT_FALSE(network_.relays[0].model.has_allocation(network_.now()));
}

TEST_P(AgentRelayTest, GatheringEndsWithoutAnAnswerOfTheServer) {
  network_.relays.clear();
  network_.add_address(network_.alice, alice_host);
  end_candidates(network_);

  network_.run(1s);
  const bool is_tcp = GetParam() == TurnTransport::tcp;
  EXPECT_FALSE(network_.alice.gathered);
  if (is_tcp) network_.alice.agent.stream_closed(1, network_.now());
  network_.run(60s);

  EXPECT_TRUE(network_.alice.gathered);
}

TEST_P(AgentRelayTest, ARelayThatIsGoneIsNotUsed) {
  connect_relayed();
  ASSERT_TRUE(network_.run_until([&] { return both_completed(network_); }, 2s));

  network_.relays[0].model.forget_allocation();
  if (GetParam() == TurnTransport::tcp) network_.alice.agent.stream_closed(1, network_.now());
  network_.run(20min);

  EXPECT_FALSE(network_.alice.agent.can_send());
  EXPECT_EQ(network_.alice.agent.state(), State::failed);
}

INSTANTIATE_TEST_SUITE_P(Transports, AgentRelayTest,
                         testing::Values(TurnTransport::udp, TurnTransport::tcp),
                         [](const auto& transport) {
                           return transport.param == TurnTransport::udp ? "Udp" : "Tcp";
                         });

TEST(AgentRelayOnlyTest, TellsAndUsesNothingButTheRelay) {
  AgentOptions options = options_for(server_a, TurnTransport::udp);
  options.relay_only = true;
  TestNetwork network(options);
  network.bob.agent = Agent({}, Random::from_number(79));
  network.relays.push_back({.address = server_a, .model = ModelTurnServer({.relayed = relayed_a})});
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_other);
  network.run(50ms);
  network.introduce();
  // As if Bob had guessed the address that was not told.
  network.bob.agent.add_remote_candidate({.foundation = "1", .priority = 1, .address = alice_host},
                                         network.now());
  end_candidates(network);

  ASSERT_TRUE(network.run_until([&] { return both_completed(network); }, 5s));
  network.run(1min);

  ASSERT_EQ(network.alice.candidates.size(), 1U);
  EXPECT_EQ(network.alice.candidates[0].type, CandidateType::relayed);
  EXPECT_TRUE(network.alice.candidates[0].related->ip.is_unspecified());
  EXPECT_EQ(network.alice.agent.selected_pair()->path, (AddressPair{relayed_a, bob_other}));
  EXPECT_EQ(network.bob.agent.selected_pair()->path, (AddressPair{bob_other, relayed_a}));
  EXPECT_GT(network.alice.agent.stats().dropped_unexpected, 0U);
  EXPECT_TRUE(carries_data(network));
}

TEST(AgentTwoRelaysTest, ConnectsFromRelayToRelay) {
  TestNetwork network(options_for(server_a, TurnTransport::udp));
  network.bob.agent = Agent(options_for(server_b, TurnTransport::udp), Random::from_number(78));
  network.relays.push_back({.address = server_a, .model = ModelTurnServer({.relayed = relayed_a})});
  network.relays.push_back({.address = server_b, .model = ModelTurnServer({.relayed = relayed_b})});
  // Each server talks with its own client and with the other server only.
  network.passes = [](const AddressPair& path) {
    return path.remote == server_a || path.remote == server_b;
  };
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_other);
  network.run(50ms);

  network.introduce();
  end_candidates(network);

  ASSERT_TRUE(network.run_until([&] { return both_completed(network); }, 5s));
  EXPECT_EQ(network.alice.agent.selected_pair()->path, (AddressPair{relayed_a, relayed_b}));
  EXPECT_TRUE(carries_data(network));
  network.run(30min);
  EXPECT_TRUE(carries_data(network));
}

}  // namespace
}  // namespace pigeon::ice
