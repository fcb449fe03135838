#include "rtc/ice/turn/allocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/turn/allocation_testing.hpp"
#include "rtc/ice/turn/channel_data.hpp"

namespace pigeon::ice {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using testing::VariantWith;

constexpr SocketAddress alice = turn_peer(1);
constexpr SocketAddress bob = turn_peer(2);
constexpr SocketAddress carol = turn_peer(3);

std::vector<SocketAddress> permitted_peers(const TurnWorld& world) {
  std::vector<SocketAddress> peers;
  for (const TurnEvent& event : world.events) {
    if (const auto* permitted = std::get_if<TurnPeerPermitted>(&event)) {
      peers.push_back(permitted->peer);
    }
  }
  return peers;
}

class TurnAllocationTest : public testing::TestWithParam<TurnTransport> {
 public:
  TurnWorld world{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Transports, TurnAllocationTest,
                         testing::Values(TurnTransport::udp, TurnTransport::tcp),
                         [](const auto& instance) {
                           return instance.param == TurnTransport::udp ? "Udp" : "Tcp";
                         });

TEST_P(TurnAllocationTest, GetsARelayedAddressWithCredentials) {
  EXPECT_EQ(world.client.state(), TurnState::idle);

  world.start();

  const TurnReady expected{world.server.options.relayed, world.server.options.mapped};
  EXPECT_EQ(world.client.state(), TurnState::ready);
  EXPECT_THAT(world.events, ElementsAre(VariantWith<TurnReady>(expected)));
  EXPECT_EQ(world.client.addresses(), expected);
  EXPECT_EQ(world.sent_count, 2U);
  EXPECT_THAT(world.server.complaints, IsEmpty());
}

TEST_P(TurnAllocationTest, GetsARelayedAddressOfAServerThatAsksForNothing) {
  TurnWorld open({.address = alice, .transport = GetParam()}, {.asks_for_credentials = false});

  open.start();

  EXPECT_EQ(open.client.state(), TurnState::ready);
  EXPECT_EQ(open.sent_count, 1U);
}

TEST_P(TurnAllocationTest, CarriesDataBothWaysWithoutAChannel) {
  world.start();
  world.permit(alice);

  world.send(alice, "to alice");

  EXPECT_THAT(world.server.delivered, ElementsAre(Pair(alice, "to alice")));
  EXPECT_THAT(world.receive_from_peer(alice, "from alice"), ElementsAre(Pair(alice, "from alice")));
  EXPECT_THAT(world.server.complaints, IsEmpty());
}

TEST_P(TurnAllocationTest, CarriesDataBothWaysOnAChannel) {
  world.start();
  world.bind_channel(alice);

  const std::size_t size = world.send(alice, "to alice");

  EXPECT_EQ(size, channel_data_header_size + 8);
  EXPECT_THAT(world.server.delivered, ElementsAre(Pair(alice, "to alice")));
  EXPECT_THAT(world.receive_from_peer(alice, "hello"), ElementsAre(Pair(alice, "hello")));
  EXPECT_THAT(world.receive_from_peer(alice, ""), ElementsAre(Pair(alice, "")));
  EXPECT_THAT(world.server.complaints, IsEmpty());
}

TEST_P(TurnAllocationTest, PermitsPeersThatWereNamedBefore) {
  world.client.permit(alice, world.now);
  world.client.bind_channel(bob, world.now);
  EXPECT_EQ(world.client.next_timeout(), Instant::max());

  world.start();

  EXPECT_THAT(permitted_peers(world), UnorderedElementsAre(alice, bob));
  EXPECT_TRUE(world.client.is_permitted(alice));
  EXPECT_TRUE(world.client.is_permitted(bob));
  EXPECT_FALSE(world.client.is_permitted(carol));
}

TEST_P(TurnAllocationTest, SendsNothingToAPeerWithoutPermission) {
  world.start();
  world.permit(alice);
  Bytes out(100);

  EXPECT_EQ(world.client.wrap(bob, as_bytes("x"), out), 0U);
  EXPECT_NE(world.client.wrap(alice, as_bytes("x"), out), 0U);
}

TEST_P(TurnAllocationTest, WrapsWithinTheStatedOverhead) {
  TurnServer account = model_server_account(GetParam());
  account.relay_v6 = true;
  const SocketAddress peer{*IpAddress::parse("2001:db8::1"), 1};
  const SocketAddress relayed{*IpAddress::parse("2001:db8::9"), 2};
  TurnWorld v6(account, {.relayed = relayed});
  v6.start();
  v6.client.bind_channel(peer, v6.now);
  v6.exchange();

  for (std::size_t size = 0; size < 9; ++size) {
    Bytes out(size + turn_overhead_max);
    EXPECT_NE(v6.client.wrap(peer, Bytes(size), out), 0U);
    EXPECT_EQ(v6.client.wrap(peer, Bytes(size), MutableBytesView(out).first(size)), 0U);
  }
}

TEST_P(TurnAllocationTest, KeepsAllocationPermissionsAndChannelsForHours) {
  world.start();
  world.permit(alice);
  world.bind_channel(bob);

  for (int minute = 0; minute < 180; ++minute) {
    world.advance(1min);
    world.send(alice, "a");
    world.send(bob, "b");
    ASSERT_THAT(world.receive_from_peer(alice, "a"), SizeIs(1)) << minute;
    ASSERT_THAT(world.receive_from_peer(bob, "b"), SizeIs(1)) << minute;
  }

  EXPECT_THAT(world.server.delivered, SizeIs(360));
  EXPECT_THAT(world.server.complaints, IsEmpty());
  // 20 refreshes, 45 batches of permissions and 20 bindings, about one timeout each.
  EXPECT_LT(world.timeout_count, 100U);
  EXPECT_THAT(permitted_peers(world), UnorderedElementsAre(alice, bob));
}

TEST_P(TurnAllocationTest, AsksForManyPeersInBatches) {
  world.start();
  const std::size_t before = world.sent_count;
  for (std::uint8_t i = 0; i < turn_permission_count_max; ++i) {
    ASSERT_TRUE(world.client.permit(turn_peer(i), world.now));
  }
  EXPECT_FALSE(world.client.permit(turn_peer(200), world.now));

  world.exchange();

  EXPECT_THAT(permitted_peers(world), SizeIs(turn_permission_count_max));
  EXPECT_EQ(world.sent_count - before, turn_permission_count_max / turn_permission_batch_max);
}

TEST_P(TurnAllocationTest, BindsAsManyChannelsAsThereMayBe) {
  world.start();
  for (std::uint8_t i = 0; i < turn_channel_count_max; ++i) {
    ASSERT_TRUE(world.client.bind_channel(turn_peer(i), world.now));
  }
  world.exchange();
  world.advance(1h);

  for (std::uint8_t i = 0; i < turn_channel_count_max; ++i) {
    EXPECT_EQ(world.send(turn_peer(i), "1234"), 8U) << int{i};
  }
  EXPECT_THAT(world.server.delivered, SizeIs(turn_channel_count_max));
  EXPECT_FALSE(world.client.bind_channel(turn_peer(100), world.now));
}

TEST_P(TurnAllocationTest, FollowsStaleNonces) {
  TurnWorld strict(GetParam(), {.lifetime = 120s, .nonce_lifetime = 5s});
  strict.start();
  strict.permit(alice);
  strict.bind_channel(bob);

  strict.advance(30min);

  strict.send(alice, "a");
  strict.send(bob, "b");
  EXPECT_EQ(strict.client.state(), TurnState::ready);
  EXPECT_THAT(strict.server.delivered, SizeIs(2));
  EXPECT_GT(strict.client.counters().stale_nonces, 20U);
}

TEST_P(TurnAllocationTest, AForbiddenPeerDoesNotHarmTheOthers) {
  world.server.options.forbidden_peers = {bob.ip};
  for (const SocketAddress& peer : {alice, bob, carol}) world.client.permit(peer, world.now);

  world.start();

  EXPECT_THAT(permitted_peers(world), UnorderedElementsAre(alice, carol));
  EXPECT_THAT(
      world.events,
      Contains(VariantWith<TurnPeerRefused>(TurnPeerRefused{bob, TurnError::forbidden, 403})));
  EXPECT_FALSE(world.client.is_permitted(bob));
  world.server.options.forbidden_peers.clear();
  world.permit(bob);
  EXPECT_TRUE(world.client.is_permitted(bob));
}

TEST_P(TurnAllocationTest, GoesWithoutAChannelThatIsRefused) {
  world.server.options.errors[StunMethod::channel_bind] = 508;
  world.start();

  world.bind_channel(alice);

  EXPECT_GT(world.send(alice, "data"), 8U);
  EXPECT_THAT(world.server.delivered, ElementsAre(Pair(alice, "data")));
}

TEST_P(TurnAllocationTest, RefusesPeersOfTheOtherFamily) {
  world.start();

  EXPECT_FALSE(world.permit({IpAddress::loopback_v6(), 1}));
  EXPECT_FALSE(world.bind_channel({IpAddress::loopback_v6(), 1}));
}

TEST_P(TurnAllocationTest, GivesTheAllocationBack) {
  world.start();
  world.permit(alice);

  world.client.release(world.now);
  EXPECT_EQ(world.client.state(), TurnState::releasing);
  EXPECT_EQ(world.send(alice, "late"), 0U);
  world.exchange();

  EXPECT_FALSE(world.server.has_allocation(world.now));
  EXPECT_THAT(world.events, Contains(VariantWith<TurnReleased>(TurnReleased{})));
  EXPECT_EQ(world.client.state(), TurnState::ended);
  EXPECT_EQ(world.client.next_timeout(), Instant::max());
}

TEST_P(TurnAllocationTest, GivesBackWhatItGetsAfterItsRelease) {
  world.client.start(world.now);
  DatagramBatch batch;
  world.client.transmit(batch, world.now);
  const auto challenge = world.server.receive(batch.payload(batch.datagrams()[0]), world.now);
  ASSERT_TRUE(challenge);
  world.give(*challenge);

  world.client.release(world.now);
  world.exchange();

  EXPECT_THAT(world.server.requests, ElementsAre(StunMethod::allocate, StunMethod::refresh));
  EXPECT_FALSE(world.server.has_allocation(world.now));
  EXPECT_THAT(world.events, ElementsAre(VariantWith<TurnReleased>(TurnReleased{})));
}

TEST_P(TurnAllocationTest, AReleaseBeforeTheChallengeAsksNoMore) {
  world.client.start(world.now);
  world.client.release(world.now);

  world.exchange();

  EXPECT_EQ(world.sent_count, 1U);
  EXPECT_THAT(world.events, ElementsAre(VariantWith<TurnReleased>(TurnReleased{})));
}

TEST_P(TurnAllocationTest, AReleaseOfWhatTheServerHasLostIsDone) {
  world.start();
  world.server.forget_allocation();

  world.client.release(world.now);
  world.exchange();

  EXPECT_THAT(world.events, Contains(VariantWith<TurnReleased>(TurnReleased{})));
}

TEST(TurnAllocationUdpTest, ReachesTheServerDespiteLoss) {
  TurnWorld world;
  world.lost_requests = 2;
  world.lost_answers = 1;

  world.start();
  EXPECT_THAT(world.events, IsEmpty());
  world.advance(10s);

  EXPECT_EQ(world.client.state(), TurnState::ready);
  EXPECT_GE(world.client.counters().retransmissions, 3U);
}

TEST(TurnAllocationUdpTest, SurvivesLostRefreshes) {
  TurnWorld world;
  world.start();
  world.permit(alice);
  world.advance(539s);
  world.lost_requests = 6;

  world.advance(3min);

  EXPECT_EQ(world.client.state(), TurnState::ready);
  EXPECT_TRUE(world.server.has_allocation(world.now));
}

TEST(TurnAllocationUdpTest, TakesDataThatOvertakesTheAnswer) {
  TurnWorld world;
  world.start();
  world.lost_answers = 1;
  world.permit(alice);
  EXPECT_FALSE(world.client.is_permitted(alice));

  EXPECT_THAT(world.receive_from_peer(alice, "early"), ElementsAre(Pair(alice, "early")));
}

TEST(TurnAllocationUdpTest, SendsFromItsBaseToTheServer) {
  TurnWorld world;
  world.client.start(world.now);
  DatagramBatch batch;

  world.client.transmit(batch, world.now);

  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch.datagrams()[0].path.local, world.client.local_base());
  EXPECT_EQ(batch.datagrams()[0].path.remote, world.client.server().address);
}

TEST(TurnAllocationStreamTest, TellsSeveralDatagramsOfOneRead) {
  TurnWorld world(TurnTransport::tcp);
  world.start();
  world.bind_channel(alice);
  Bytes stream;
  for (const std::string payload : {"one", "two", "three"}) {
    const auto message = world.server.receive_from_peer(alice, as_bytes(payload), world.now);
    stream.insert(stream.end(), message->begin(), message->end());
  }

  EXPECT_THAT(world.give(stream),
              ElementsAre(Pair(alice, "one"), Pair(alice, "two"), Pair(alice, "three")));
}

}  // namespace
}  // namespace pigeon::ice
