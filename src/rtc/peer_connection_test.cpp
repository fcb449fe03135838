#include "rtc/peer_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/turn/server_testing.hpp"
#include "rtc/peer_connection_testing.hpp"

namespace pigeon::rtc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<ConnectionState> states_of(const TestPeer& peer) {
  std::vector<ConnectionState> states;
  for (const auto& changed : peer.told<ConnectionStateChanged>()) states.push_back(changed.state);
  return states;
}

TEST(PeerConnectionTest, ConnectsAndCarriesMessagesBothWays) {
  TestPair pair;
  const ChannelKey chat = pair.connect();
  const ChannelKey answer = pair.bob.announced("chat");

  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("hello"), true, pair.now()));
  ASSERT_TRUE(pair.bob.connection.send(answer, bytes_of("and back"), false, pair.now()));
  pair.run_for(1s);

  EXPECT_THAT(pair.bob.texts(), ElementsAre("hello"));
  EXPECT_TRUE(pair.bob.told<ChannelMessage>()[0].is_text);
  EXPECT_THAT(pair.alice.texts(), ElementsAre("and back"));
  EXPECT_FALSE(pair.alice.told<ChannelMessage>()[0].is_text);
  EXPECT_THAT(states_of(pair.alice),
              ElementsAre(ConnectionState::connecting, ConnectionState::connected));
}

TEST(PeerConnectionTest, CarriesEmptyMessages) {
  TestPair pair;
  const ChannelKey chat = pair.connect();

  ASSERT_TRUE(pair.alice.connection.send(chat, {}, true, pair.now()));
  ASSERT_TRUE(pair.alice.connection.send(chat, {}, false, pair.now()));
  pair.run_for(1s);

  const auto messages = pair.bob.told<ChannelMessage>();
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_THAT(messages[0].data, IsEmpty());
  EXPECT_TRUE(messages[0].is_text);
  EXPECT_FALSE(messages[1].is_text);
}

TEST(PeerConnectionTest, TheLongestMessageArrivesAndALongerOneIsRefused) {
  TestPair pair;
  const ChannelKey chat = pair.connect();
  const std::size_t size_max = pair.alice.connection.message_size_max();

  const auto refused = pair.alice.connection.send(chat, Bytes(size_max + 1), false, pair.now());
  ASSERT_TRUE(pair.alice.connection.send(chat, Bytes(size_max, 7), false, pair.now()));
  pair.run_for(5s);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), ChannelError::message_too_large);
  EXPECT_EQ(size_max, 262'144U);
  ASSERT_THAT(pair.bob.texts(), SizeIs(1));
  EXPECT_EQ(pair.bob.texts()[0].size(), size_max);
}

TEST(PeerConnectionTest, KeepsToWhatTheOtherSideTakes) {
  Configuration small;
  small.message_size_max = 1'000;
  TestPair pair({}, small);
  const ChannelKey chat = pair.connect();

  EXPECT_EQ(pair.alice.connection.message_size_max(), 1'000U);
  EXPECT_FALSE(pair.alice.connection.send(chat, Bytes(1'001), false, pair.now()));
  EXPECT_TRUE(pair.alice.connection.send(chat, Bytes(1'000), false, pair.now()));
}

TEST(PeerConnectionTest, APeerThatNeverReadsFillsTheBufferAndNoMore) {
  Configuration configuration;
  configuration.transport.sctp.sending.buffer_max = 1'000'000;
  TestPair pair(configuration);
  const ChannelKey chat = pair.connect();
  pair.bob.is_deaf = true;

  std::size_t taken = 0;
  ChannelError error{};
  for (int i = 0; i < 100; ++i) {
    while (true) {
      const auto sent = pair.alice.connection.send(chat, Bytes(10'000), false, pair.now());
      if (!sent) {
        error = sent.error();
        break;
      }
      taken += 10'000;
    }
    pair.run_for(1s);
  }

  EXPECT_EQ(error, ChannelError::buffer_full);
  // What the sender holds and what the receiver takes unread.
  EXPECT_LT(taken, 1'000'000U + 2 * (1U << 20U));
  EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::connected);
  pair.bob.is_deaf = false;
  pair.run_for(20s);
  EXPECT_EQ(pair.bob.texts().size() * 10'000, taken);
}

TEST(PeerConnectionTest, AWrongFingerprintFailsOnBothSides) {
  TestPair pair;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("chat", {}, pair.now()));
  auto offer = *pair.alice.connection.set_local_description(pair.now());
  const std::size_t digit = offer.sdp.find("sha-256 ") + std::string("sha-256 ").size();
  offer.sdp[digit] = offer.sdp[digit] == '0' ? '1' : '0';

  ASSERT_TRUE(pair.bob.connection.set_remote_description(offer, pair.now()));
  const auto answer = pair.bob.connection.set_local_description(pair.now());
  ASSERT_TRUE(pair.alice.connection.set_remote_description(*answer, pair.now()));
  pair.run_for(5s);

  EXPECT_EQ(pair.bob.connection.connection_state(), ConnectionState::failed);
  EXPECT_THAT(pair.bob.connection.reason(), HasSubstr("certificate"));
  EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::failed);
  EXPECT_THAT(pair.bob.told<ChannelOpened>(), IsEmpty());
}

TEST(PeerConnectionTest, FailsWithAReasonWhereverTheHandshakeStalls) {
  // By the first byte (RFC 7983): everything, what follows STUN, and what follows the handshake.
  const std::vector<std::function<bool(BytesView)>> stages = {
      [](BytesView) { return true; },
      [](BytesView datagram) { return datagram[0] >= 20; },
      [](BytesView datagram) { return datagram[0] == 23; },
  };
  for (std::size_t i = 0; i < stages.size(); ++i) {
    TestPair pair;
    pair.drops = [&](const TestPeer&, BytesView datagram) { return stages[i](datagram); };
    ASSERT_TRUE(pair.alice.connection.create_data_channel("chat", {}, pair.now()));

    pair.negotiate();
    pair.run_for(150s);

    EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::failed) << i;
    EXPECT_THAT(pair.alice.connection.reason(), Not(IsEmpty())) << i;
    EXPECT_EQ(pair.alice.connection.next_timeout(), Instant::max()) << i;
  }
}

TEST(PeerConnectionTest, TellsTheOtherSideWhenItCloses) {
  TestPair pair;
  const ChannelKey chat = pair.connect();

  pair.alice.connection.close(pair.now());
  pair.run_for(100ms);

  EXPECT_EQ(pair.alice.connection.connection_state(), ConnectionState::closed);
  EXPECT_EQ(pair.bob.connection.connection_state(), ConnectionState::closed);
  EXPECT_THAT(pair.bob.told<ChannelClosed>(), SizeIs(1));
  EXPECT_EQ(pair.alice.connection.next_timeout(), Instant::max());
  const auto sent = pair.alice.connection.send(chat, bytes_of("late"), true, pair.now());
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error(), ChannelError::not_open);
}

TEST(PeerConnectionTest, AnAbortIsAGoodbye) {
  TestPair pair;
  pair.connect();
  // Of the two datagrams with which a side closes, DTLS's own comes too late.
  bool has_aborted = false;
  pair.drops = [&](const TestPeer& from, BytesView) {
    return &from == &pair.alice && std::exchange(has_aborted, true);
  };

  pair.alice.connection.close(pair.now());
  pair.run_for(100ms);

  EXPECT_TRUE(has_aborted);
  EXPECT_EQ(pair.bob.connection.connection_state(), ConnectionState::closed);
  EXPECT_THAT(pair.bob.connection.reason(), Not(IsEmpty()));
}

TEST(PeerConnectionTest, GivesRelayedAddressesBackWithItsGoodbye) {
  const SocketAddress server{IpAddress(IpAddress::V4{203, 0, 113, 1}), 3'478};
  ice::ModelTurnServer model({.relayed = {server.ip, 50'000}});
  Configuration configuration;
  configuration.transport.ice.turn_servers = {
      {.address = server, .username = "user", .password = "secret"}};
  TestPeer alice(1, 1, configuration);
  const Now now{Instant(1s), 1'700'000'000'000};
  const auto transmit = [&] {
    DatagramBatch batch;
    alice.connection.transmit(batch, now);
    for (const auto& one : batch.datagrams()) {
      if (one.path.remote != server) continue;
      const auto answer = model.receive(batch.payload(one), now);
      if (answer) alice.connection.receive(one.path, *answer, now);
    }
  };
  ASSERT_TRUE(alice.connection.set_local_description(now));
  for (int i = 0; i < 5; ++i) transmit();
  ASSERT_TRUE(model.has_allocation(now));

  alice.connection.close(now);
  transmit();

  EXPECT_FALSE(model.has_allocation(now));
}

TEST(PeerConnectionTest, TellsWhatCameTogetherWithTheGoodbye) {
  TestPair pair;
  const ChannelKey chat = pair.connect();

  pair.bob.is_deaf = true;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("late", {}, pair.now()));
  ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("last words"), true, pair.now()));
  pair.run_for(1ms);
  pair.alice.connection.close(pair.now());
  pair.run_for(100ms);
  pair.bob.is_deaf = false;
  pair.run_for(100ms);

  EXPECT_THAT(pair.bob.texts(), ElementsAre("last words"));
  EXPECT_THAT(pair.bob.told<ChannelAnnounced>(), SizeIs(2));
  EXPECT_THAT(pair.bob.told<ChannelClosed>(), SizeIs(2));
  EXPECT_EQ(pair.bob.connection.connection_state(), ConnectionState::closed);
}

TEST(PeerConnectionTest, ClosesWhileTheOtherSideOpensAChannel) {
  TestPair pair;
  pair.connect();

  pair.bob.is_deaf = true;
  ASSERT_TRUE(pair.alice.connection.create_data_channel("late", {}, pair.now()));
  pair.run_for(100ms);
  pair.bob.connection.close(pair.now());
  pair.bob.is_deaf = false;
  pair.run_for(100ms);

  EXPECT_THAT(pair.bob.told<ChannelAnnounced>(), SizeIs(1));
  EXPECT_THAT(pair.bob.told<ChannelClosed>(), SizeIs(1));
}

TEST(PeerConnectionTest, TellsOnceThatItIsClosedIfBothSidesCloseIt) {
  TestPair pair;
  pair.connect();
  pair.alice.connection.close(pair.now());
  pair.run_for(100ms);
  const std::size_t told_before = pair.bob.told<ConnectionStateChanged>().size();

  pair.bob.connection.close(pair.now());
  pair.run_for(100ms);

  EXPECT_THAT(pair.bob.told<ConnectionStateChanged>(), SizeIs(told_before));
  EXPECT_EQ(pair.bob.connection.signaling_state(), SignalingState::closed);
}

}  // namespace
}  // namespace pigeon::rtc
