#include "rtc/ice/turn/peers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "rtc/ice/turn/channel_data.hpp"

namespace pigeon::ice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Now at(Duration since_start) { return {Instant(since_start), 0}; }

constexpr SocketAddress peer(std::uint8_t number, std::uint16_t port = 5'000) {
  return {IpAddress(IpAddress::V4{192, 0, 2, number}), port};
}

class TurnPeersTest : public testing::Test {
 public:
  TurnPeers peers{channel_number_min};
};

TEST_F(TurnPeersTest, AsksOnceForAllAddresses) {
  peers.permit(peer(1), at(0s));
  peers.permit(peer(1, 6'000), at(0s));
  peers.permit(peer(2), at(0s));

  EXPECT_THAT(peers.take_due_permissions(at(0s)), ElementsAre(peer(1), peer(2)));
  EXPECT_THAT(peers.take_due_permissions(at(0s)), IsEmpty());
  EXPECT_EQ(peers.next_timeout(), Instant::max());
}

TEST_F(TurnPeersTest, AsksAgainTogetherBeforeAPermissionEnds) {
  peers.permit(peer(1), at(0s));
  peers.grant(peers.take_due_permissions(at(0s)), at(0s));
  peers.permit(peer(2), at(30s));
  peers.grant(peers.take_due_permissions(at(30s)), at(30s));

  EXPECT_EQ(peers.next_timeout(), Instant(4min));
  EXPECT_THAT(peers.take_due_permissions(at(4min - 1us)), IsEmpty());
  EXPECT_THAT(peers.take_due_permissions(at(4min)), ElementsAre(peer(1), peer(2)));
}

TEST_F(TurnPeersTest, TellsWhichPermissionsAreFresh) {
  peers.permit(peer(1), at(0s));
  const auto asked = peers.take_due_permissions(at(0s));

  EXPECT_FALSE(peers.has_permission(peer(1).ip));
  EXPECT_TRUE(peers.is_wanted(peer(1).ip));
  EXPECT_THAT(peers.grant(asked, at(0s)), ElementsAre(peer(1)));
  EXPECT_TRUE(peers.has_permission(peer(1).ip));
  EXPECT_THAT(peers.grant(peers.take_due_permissions(at(4min)), at(4min)), IsEmpty());
}

TEST_F(TurnPeersTest, SearchesTheRefusedOneInABatchOneByOne) {
  for (const std::uint8_t number : Bytes{1, 2, 3}) peers.permit(peer(number), at(0s));
  const auto batch = peers.take_due_permissions(at(0s));

  EXPECT_FALSE(peers.refuse(batch, at(1s)));

  EXPECT_THAT(peers.take_due_permissions(at(1s)), ElementsAre(peer(1)));
  EXPECT_THAT(peers.take_due_permissions(at(1s)), ElementsAre(peer(2)));
  EXPECT_THAT(peers.take_due_permissions(at(1s)), ElementsAre(peer(3)));
  EXPECT_TRUE(peers.refuse(std::vector{peer(2)}, at(2s)));
  EXPECT_FALSE(peers.is_wanted(peer(2).ip));
  EXPECT_TRUE(peers.is_wanted(peer(3).ip));
}

TEST_F(TurnPeersTest, ABatchIsBounded) {
  for (std::uint8_t i = 0; i < 40; ++i) peers.permit(peer(i), at(0s));

  EXPECT_THAT(peers.take_due_permissions(at(0s)), SizeIs(turn_permission_batch_max));
  EXPECT_THAT(peers.take_due_permissions(at(0s)), SizeIs(turn_permission_batch_max));
  EXPECT_THAT(peers.take_due_permissions(at(0s)), SizeIs(40 - 2 * turn_permission_batch_max));
}

TEST_F(TurnPeersTest, TheTablesAreBounded) {
  for (std::uint8_t i = 0; i < 64; ++i) {
    EXPECT_TRUE(peers.permit(peer(i), at(0s)));
    EXPECT_TRUE(peers.bind_channel(peer(i), at(0s)));
  }

  EXPECT_FALSE(peers.permit(peer(64), at(0s)));
  EXPECT_FALSE(peers.bind_channel(peer(64), at(0s)));
  EXPECT_TRUE(peers.permit(peer(63), at(0s)));
  EXPECT_TRUE(peers.bind_channel(peer(63), at(0s)));
}

TEST_F(TurnPeersTest, BindsAChannelAndBindsItAgainInTime) {
  peers.bind_channel(peer(1), at(0s));
  const auto binding = peers.take_due_channel(at(0s));
  ASSERT_TRUE(binding);

  EXPECT_EQ(*binding, (ChannelBinding{0x4000, peer(1)}));
  EXPECT_FALSE(peers.take_due_channel(at(0s)));
  EXPECT_FALSE(peers.bound_channel(peer(1)));
  EXPECT_EQ(peers.peer_of(0x4000), peer(1));
  peers.grant_channel(*binding, at(0s));
  EXPECT_EQ(peers.bound_channel(peer(1)), 0x4000);
  EXPECT_FALSE(peers.bound_channel(peer(1, 6'000)));
  EXPECT_EQ(peers.next_timeout(), Instant(9min));
  EXPECT_EQ(peers.take_due_channel(at(9min)), binding);
  EXPECT_EQ(peers.bound_channel(peer(1)), 0x4000);
}

TEST_F(TurnPeersTest, UsesNoNumberAgainSoonAndStaysInTheRange) {
  TurnPeers late(channel_number_max);
  late.bind_channel(peer(1), at(0s));
  const auto first = late.take_due_channel(at(0s));
  late.refuse_channel(*first);
  late.bind_channel(peer(1), at(0s));
  const auto second = late.take_due_channel(at(0s));

  EXPECT_EQ(first->channel, channel_number_max);
  EXPECT_EQ(second->channel, channel_number_min);
  EXPECT_FALSE(late.peer_of(channel_number_max));
}

TEST_F(TurnPeersTest, ARefusedPeerLosesItsChannels) {
  peers.permit(peer(1), at(0s));
  peers.bind_channel(peer(1), at(0s));
  peers.bind_channel(peer(2), at(0s));
  const auto binding = peers.take_due_channel(at(0s));

  peers.refuse(std::vector{peer(1)}, at(1s));
  peers.grant_channel(*binding, at(1s));

  EXPECT_FALSE(peers.bound_channel(peer(1)));
  EXPECT_EQ(peers.take_due_channel(at(1s)), (ChannelBinding{0x4001, peer(2)}));
}

}  // namespace
}  // namespace pigeon::ice
