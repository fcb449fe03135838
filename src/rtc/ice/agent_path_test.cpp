#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/agent.hpp"
#include "rtc/ice/agent_testing.hpp"

namespace pigeon::ice {
namespace {

using testing::Contains;
using testing::Not;

/// A check of an agent that controls, with USE-CANDIDATE.
BytesView write_nomination(std::uint8_t number, const Credentials& local, const Credentials& remote,
                           CheckBuffer& buffer) {
  const CheckRequest request{.transaction = {number},
                             .local = &local,
                             .remote = &remote,
                             .priority = 1,
                             .role = Role::controlling,
                             .use_candidate = true};
  return buffer.first(write_check(request, buffer.bytes));
}

/// Two networks that both have an address in.
class AgentPathTest : public testing::Test {
 protected:
  void SetUp() override {
    network_.passes = [this](const AddressPair& path) { return !is_blocked(path); };
    network_.add_address(network_.alice, alice_host);
    network_.add_address(network_.alice, alice_other);
    network_.add_address(network_.bob, bob_host);
    network_.add_address(network_.bob, bob_other);
  }

  void connect_both() {
    network_.introduce();
    end_candidates(network_);
    ASSERT_TRUE(network_.run_until([&] { return both_completed(network_); }, 2s));
    network_.run(1s);
  }

  bool is_blocked(const AddressPair& path) const {
    const auto network = [](const SocketAddress& address) { return address.ip.v4_bytes()[0]; };
    if (network(path.local) != network(path.remote)) return true;
    return blocked_ == network(path.local) || blocked_ == everything;
  }

  const AddressPair* alice_path() const {
    const Pair* pair = network_.alice.agent.selected_pair();
    return pair == nullptr ? nullptr : &pair->path;
  }

  static constexpr std::uint8_t everything = 255;
  std::uint8_t blocked_ = 0;
  TestNetwork network_;
};

TEST_F(AgentPathTest, PrefersTheFirstAddresses) {
  connect_both();

  EXPECT_EQ(*alice_path(), (AddressPair{alice_host, bob_host}));
}

TEST_F(AgentPathTest, AnotherPathTakesOverFromADeadOne) {
  connect_both();

  blocked_ = 192;
  network_.run(10s);

  EXPECT_EQ(*alice_path(), (AddressPair{alice_other, bob_other}));
  EXPECT_TRUE(network_.alice.agent.selected_pair()->nominated);
  EXPECT_TRUE(network_.bob.agent.selected_pair()->nominated);
  EXPECT_THAT(network_.alice.states, Not(Contains(State::disconnected)));
  EXPECT_TRUE(carries_data(network_));
}

TEST_F(AgentPathTest, GoesBackWhenTheOtherPathDiesInTurn) {
  connect_both();
  blocked_ = 192;
  network_.run(15s);

  blocked_ = 10;
  network_.run(15s);

  EXPECT_EQ(*alice_path(), (AddressPair{alice_host, bob_host}));
  EXPECT_TRUE(carries_data(network_));
}

TEST_F(AgentPathTest, IsDisconnectedThenConnectedAgain) {
  connect_both();

  blocked_ = everything;
  network_.run(12s);
  EXPECT_EQ(network_.alice.agent.state(), State::disconnected);
  EXPECT_EQ(network_.bob.agent.state(), State::disconnected);
  blocked_ = 0;
  network_.run(2s);

  EXPECT_GE(network_.alice.agent.state(), State::connected);
  EXPECT_LE(network_.alice.agent.state(), State::completed);
  EXPECT_TRUE(carries_data(network_));
}

// As browsers do when they come to like another path better.
TEST_F(AgentPathTest, FollowsALaterNominationOfALesserPath) {
  connect_both();
  network_.run(5s);
  const Credentials bob = network_.bob.agent.local_credentials();
  const Credentials alice = network_.alice.agent.local_credentials();
  const AddressPair lesser{bob_other, alice_other};
  const auto nominate = [&](std::uint8_t number) {
    CheckBuffer buffer;
    const BytesView check = write_nomination(number, alice, bob, buffer);
    network_.bob.agent.receive(lesser, check, network_.now());
  };

  nominate(1);

  EXPECT_EQ(network_.bob.agent.selected_pair()->path, lesser);
}

TEST_F(AgentPathTest, SendsNothingWithoutConsent) {
  connect_both();

  blocked_ = everything;
  network_.run(37s);

  EXPECT_EQ(network_.alice.agent.state(), State::failed);
  EXPECT_FALSE(network_.alice.agent.can_send());
  DatagramBatch batch;
  network_.alice.agent.send(as_bytes("too late"), batch);
  EXPECT_TRUE(batch.empty());
}

TEST_F(AgentPathTest, LeavesAnAddressThatIsGone) {
  connect_both();

  network_.alice.agent.remove_local_address(alice_host, network_.now());
  network_.run(1s);

  EXPECT_EQ(*alice_path(), (AddressPair{alice_other, bob_other}));
  network_.run(10s);
  EXPECT_TRUE(carries_data(network_));
}

TEST_F(AgentPathTest, ARestartChangesTheCredentialsAndKeepsTheData) {
  connect_both();
  const Credentials before = network_.alice.agent.local_credentials();
  for (TestPeer* peer : {&network_.alice, &network_.bob}) {
    peer->candidates.clear();
    peer->states.clear();
    peer->gathered = false;
  }

  network_.alice.agent.restart(network_.now());
  network_.bob.agent.restart(network_.now());
  network_.drain();
  EXPECT_NE(network_.alice.agent.local_credentials(), before);
  EXPECT_TRUE(network_.alice.gathered);
  EXPECT_EQ(network_.alice.candidates.size(), 2U);
  // The new descriptions take longer than the checks of consent.
  for (int i = 0; i < 40; ++i) {
    network_.run(1s);
    ASSERT_TRUE(carries_data(network_)) << i;
  }
  network_.introduce();
  network_.run(1s);

  EXPECT_TRUE(carries_data(network_));
  EXPECT_EQ(network_.alice.agent.selected_pair()->generation, 1U);
  EXPECT_EQ(network_.bob.agent.selected_pair()->generation, 1U);
  EXPECT_THAT(network_.alice.states, testing::ElementsAre(State::checking, State::connected));
}

// As Chromium does: its checks go out on new sockets before it has our answer.
TEST_F(AgentPathTest, FollowsAnAgentThatRestartsAndStaysWithOurOldCredentials) {
  connect_both();
  Agent& bob = network_.bob.agent;
  const Credentials before = bob.local_credentials();
  const Credentials browser{.ufrag = "browser", .password = "twenty-two characters!"};
  const AddressPair path{bob_host, address_of("192.0.2.77", 7'000)};
  CheckBuffer buffer;

  bob.receive(path, write_nomination(1, browser, before, buffer), network_.now());
  bob.restart(network_.now());
  EXPECT_EQ(bob.receive(path, as_bytes("\x17 data"), network_.now()).input, Input::application);
  ASSERT_TRUE(bob.set_remote(browser, false, network_.now()));

  DatagramBatch batch;
  bob.transmit(batch, network_.now());
  for (const DatagramBatch::Datagram& datagram : batch.datagrams()) {
    const auto check = decode_stun(batch.payload(datagram));
    if (check->message_class() != StunClass::request || datagram.path != path) continue;
    EXPECT_EQ(check->text(StunAttribute::username), "browser:" + before.ufrag);
    EXPECT_TRUE(check->integrity_matches(as_bytes(browser.password)));
    const std::size_t answer_size =
        write_answer(check->transaction(), bob_host, browser.password, buffer.bytes);
    bob.receive(path, buffer.first(answer_size), network_.now());
  }
  ASSERT_NE(bob.selected_pair(), nullptr);
  EXPECT_EQ(bob.selected_pair()->path, path);
  EXPECT_TRUE(bob.selected_pair()->nominated);
  // It stays with its old path until data comes on the new one if it does not nominate.
  const AddressPair old_path{bob_host, alice_host};
  EXPECT_EQ(bob.receive(old_path, as_bytes("\x17 data"), network_.now()).input, Input::application);

  // The next restart leaves no credentials to check the path with.
  bob.restart(network_.now());
  network_.run(25s);
  EXPECT_TRUE(bob.can_send());
  network_.run(10s);
  EXPECT_FALSE(bob.can_send());
}

TEST_F(AgentPathTest, ARestartRevivesAFailedAgent) {
  connect_both();
  blocked_ = everything;
  network_.run(40s);
  ASSERT_EQ(network_.alice.agent.state(), State::failed);
  blocked_ = 0;

  network_.alice.agent.restart(network_.now());
  network_.bob.agent.restart(network_.now());
  network_.drain();
  network_.introduce();

  EXPECT_TRUE(network_.run_until([&] { return both_connected(network_); }, 1s));
}

TEST(AgentRebindingTest, FollowsAnAddressThatChanged) {
  for (const bool alice_moves : {true, false}) {
    TestNetwork network;
    const SocketAddress bob_public = address_of("203.0.113.9", 6'000);
    TestPeer& moving = alice_moves ? network.alice : network.bob;
    TestPeer& staying = alice_moves ? network.bob : network.alice;
    moving.nat = std::make_unique<TestNat>(*IpAddress::parse("198.51.100.1"));
    network.add_address(moving, alice_host);
    network.add_address(staying, bob_public);
    network.introduce();
    end_candidates(network);
    ASSERT_TRUE(network.run_until([&] { return both_connected(network); }, 1s));
    network.run(1s);
    const AddressPair before = staying.agent.selected_pair()->path;

    moving.nat->rebind();
    network.run(12s);

    ASSERT_NE(staying.agent.selected_pair(), nullptr);
    EXPECT_NE(staying.agent.selected_pair()->path, before);
    EXPECT_TRUE(carries_data(network)) << alice_moves;
    network.run(60s);
    EXPECT_TRUE(carries_data(network)) << alice_moves;
  }
}

}  // namespace
}  // namespace pigeon::ice
