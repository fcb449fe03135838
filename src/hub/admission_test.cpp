#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.hpp"

namespace pigeon::hub {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void expect_closed(HubUnderTest& hub, ConnectionId connection, std::uint16_t code,
                   std::string_view reason) {
  const auto close = hub.closed(connection);
  ASSERT_TRUE(close.has_value());
  EXPECT_EQ(close->code, code);
  EXPECT_THAT(close->reason, HasSubstr(reason));
}

TEST(AdmissionTest, RefusesWhatIsNoId) {
  HubUnderTest hub;
  for (const std::string& id : {std::string(), std::string(39, 'a'), std::string(41, 'a'),
                                std::string(40, 'g'), std::string(40, ' ')}) {
    expect_closed(hub, hub.open(id), 1008, "Invalid peerId");
  }
}

TEST(AdmissionTest, TakesTheFirstOfSeveralIds) {
  HubUnderTest hub;

  hub.feed(
      ConnectionOpened{ConnectionId{77}, {{"x", "1"}, {"peerId", bob}, {"peerId", "bad"}}, "a"});

  EXPECT_THAT(hub.take(ConnectionId{77}, "connected"), SizeIs(1));
}

TEST(AdmissionTest, NamesAreCaseSensitive) {
  HubUnderTest hub;

  hub.feed(ConnectionOpened{ConnectionId{77}, {{"peerid", bob}}, "a"});

  expect_closed(hub, ConnectionId{77}, 1008, "Invalid peerId");
}

TEST(AdmissionTest, TwoSpellingsAreTwoPeers) {
  HubUnderTest hub;

  hub.open(alice);
  const auto upper = hub.open(std::string(40, 'A'));

  EXPECT_THAT(hub.take(upper), SizeIs(1));
  EXPECT_THAT(hub.hub().peers(), SizeIs(2));
}

TEST(AdmissionTest, BoundsTheConnections) {
  HubOptions options;
  options.limits.connections_max = 2;
  HubUnderTest hub(options);
  hub.open(alice);
  const auto second = hub.open(bob);

  expect_closed(hub, hub.open(carol), 1008, "Maximum connections reached");
  hub.close(second);

  EXPECT_THAT(hub.take(hub.open(carol), "connected"), SizeIs(1));
}

TEST(AdmissionTest, ShowsTheWholeAddress) {
  HubUnderTest hub;
  hub.feed(ConnectionOpened{ConnectionId{77}, {{"peerId", bob}}, "2001:db8::", "2001:db8::1"});
  hub.open(alice, "10.0.0.1");

  for (const HubPeer& peer : hub.hub().peers()) {
    EXPECT_EQ(peer.remote_address, peer.peer_id == bob ? "2001:db8::1" : "10.0.0.1");
  }
}

TEST(AdmissionTest, RefusesANewcomerWhoseIdIsAlive) {
  HubUnderTest hub;
  const auto owner = hub.join(alice);
  const auto newcomer = hub.open(alice);
  EXPECT_EQ(hub.pings(owner), 1U);
  EXPECT_THAT(hub.take(newcomer), IsEmpty());

  hub.feed(PongReceived{owner});

  expect_closed(hub, newcomer, 1008, "Peer already connected");
  EXPECT_FALSE(hub.closed(owner).has_value());
}

TEST(AdmissionTest, AMessageOfTheOwnerIsLifeToo) {
  HubUnderTest hub;
  const auto owner = hub.join(alice);
  const auto newcomer = hub.open(alice);

  hub.send(owner, R"({"type":"ping"})");

  expect_closed(hub, newcomer, 1008, "Peer already connected");
}

TEST(AdmissionTest, ReplacesASilentOwnerAndReadsWhatTheNewcomerHasSaid) {
  HubUnderTest hub;
  const auto owner = hub.join(alice);
  const auto b = hub.join(bob);
  hub.pass(3s);
  hub.take(b);
  const auto newcomer = hub.open(alice);
  hub.send(newcomer, wire::encode_announce(alice, "global", 3, ""));

  hub.pass(1999ms);
  EXPECT_THAT(hub.take(newcomer), IsEmpty());
  hub.pass(1ms);

  expect_closed(hub, owner, 1008, "Replaced by a new connection");
  EXPECT_THAT(hub.take(newcomer, "connected"), SizeIs(1));
  EXPECT_THAT(hub.take(b, "peer-disconnected"), SizeIs(1));
  hub.close(owner);
  hub.signal(b, "offer", alice);
  EXPECT_THAT(hub.take(newcomer, "offer"), SizeIs(1));
}

TEST(AdmissionTest, AcceptsTheNewcomerWhenTheOwnerLeaves) {
  HubUnderTest hub;
  const auto owner = hub.join(alice);
  const auto newcomer = hub.open(alice);

  hub.close(owner);

  EXPECT_THAT(hub.take(newcomer, "connected"), SizeIs(1));
}

TEST(AdmissionTest, OnlyOneNewcomerWaits) {
  HubUnderTest hub;
  hub.join(alice);
  hub.open(alice);

  expect_closed(hub, hub.open(alice), 1008, "Peer already connected");
}

TEST(AdmissionTest, ANewcomerMayGiveUp) {
  HubUnderTest hub;
  const auto owner = hub.join(alice);
  const auto newcomer = hub.open(alice);

  hub.close(newcomer);
  hub.pass(10s);

  EXPECT_FALSE(hub.closed(owner).has_value());
  hub.close(owner);
  EXPECT_THAT(hub.hub().peers(), IsEmpty());
}

TEST(AdmissionTest, BoundsWhatAWaitingNewcomerSays) {
  HubUnderTest hub;
  const auto owner = hub.join(alice);
  const auto newcomer = hub.open(alice);
  for (int i = 0; i < 1'000; ++i) hub.send(newcomer, R"({"type":"ping"})");

  hub.close(owner);

  EXPECT_LE(hub.take(newcomer, "pong").size(), 32U);
}

TEST(AdmissionTest, WhatANewcomerSaidEndsWhereItIsClosed) {
  HubOptions options;
  options.limits.refusals_max = 1;
  HubUnderTest hub(options);
  const auto owner = hub.join(alice);
  const auto newcomer = hub.open(alice);
  hub.send(newcomer, "garbage");
  hub.send(newcomer, "garbage");
  hub.send(newcomer, wire::encode_announce(alice, "global", 3, ""));

  hub.close(owner);

  expect_closed(hub, newcomer, 1008, "Too many refused messages");
  EXPECT_EQ(hub.hub().stats(hub.now()).peers, 0U);
}

}  // namespace
}  // namespace pigeon::hub
