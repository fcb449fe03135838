#include "apps/peerpigeon/inbox.hpp"

#include <string>
#include <vector>

#include <poll.h>

#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

using pigeon::PeerId;
using pigeon::StreamAborted;
using pigeon::StreamCompleted;
using pigeon::StreamData;
using pigeon::StreamId;
using pigeon::StreamReceived;

const PeerId alice = *PeerId::parse(std::string(40, 'a'));
const PeerId bob = *PeerId::parse(std::string(40, 'b'));
constexpr StreamId first{1};
constexpr StreamId second{2};
constexpr Inbox::Room small = {.message_bytes_max = 10'000, .stream_bytes_max = 10'000};

Arrival message(std::size_t size) {
  pigeon::MessageReceived message;
  message.from = alice;
  message.text = std::string(size, 'x');
  return {0, message, {}};
}

Arrival data(const PeerId& peer, StreamId stream, std::size_t size) {
  return {0, StreamData{peer, stream, std::vector<std::uint8_t>(size)}, {}};
}

Arrival begin(const PeerId& peer, StreamId stream) {
  return {0, StreamReceived{peer, stream, {}, 0}, {}};
}

std::vector<Arrival> take_all(Inbox& inbox) {
  std::vector<Arrival> all;
  while (auto arrival = inbox.take()) all.push_back(*std::move(arrival));
  return all;
}

bool is_readable(const Inbox& inbox) {
  pollfd polled{inbox.descriptor(), POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

TEST(InboxTest, GivesEventsInOrderAndIsReadableMeanwhile) {
  Inbox inbox;
  EXPECT_FALSE(is_readable(inbox));
  inbox.push(message(1));
  inbox.push({3, pigeon::PeerConnected{bob}, {}});

  EXPECT_TRUE(is_readable(inbox));
  EXPECT_EQ(inbox.take()->node, 0U);
  EXPECT_TRUE(is_readable(inbox));
  EXPECT_EQ(inbox.take()->node, 3U);
  EXPECT_FALSE(inbox.take());
  EXPECT_FALSE(is_readable(inbox));
}

TEST(InboxTest, DropsMessagesBeyondItsRoomAndCountsThem) {
  Inbox inbox(small);
  for (int i = 0; i < 20; ++i) inbox.push(message(1'000));

  const std::size_t kept = take_all(inbox).size();
  EXPECT_GT(kept, 5U);
  EXPECT_LT(kept, 10U);
  EXPECT_EQ(inbox.take_dropped(), 20 - kept);
  EXPECT_EQ(inbox.take_dropped(), 0U);
  inbox.push(message(1'000));
  EXPECT_EQ(take_all(inbox).size(), 1U);
}

TEST(InboxTest, EmptyMessagesAndNewsTakeRoomToo) {
  Inbox inbox(small);
  for (int i = 0; i < 1'000; ++i) inbox.push(message(0));
  for (int i = 0; i < 1'000; ++i) inbox.push({0, pigeon::PeerDiscovered{bob}, {}});
  EXPECT_LT(take_all(inbox).size(), 10'000 / sizeof(pigeon::NodeEvent));
}

TEST(InboxTest, LinksAndReceiptsAlwaysGetIn) {
  Inbox inbox(small);
  for (int i = 0; i < 20; ++i) inbox.push(message(1'000));
  inbox.take_dropped();
  inbox.push({0, pigeon::PeerConnected{bob}, {}});
  inbox.push({0, pigeon::MessageDelivered{{}, bob}, {}});
  inbox.push({0, StreamCompleted{bob, first, 7}, {}});

  EXPECT_EQ(inbox.take_dropped(), 0U);
  EXPECT_TRUE(std::holds_alternative<StreamCompleted>(take_all(inbox).back().event));
}

TEST(InboxTest, AFloodOfMessagesLeavesFilesAlone) {
  Inbox inbox(small);
  inbox.push(begin(bob, first));
  for (int i = 0; i < 100; ++i) inbox.push(message(1'000));
  inbox.push(data(bob, first, 5'000));

  const auto all = take_all(inbox);
  EXPECT_EQ(std::get<StreamData>(all.back().event).data.size(), 5'000U);
}

TEST(InboxTest, TheStreamsOfWhoeverFillsTheRoomBreakOffAndNoOthers) {
  Inbox inbox(small);
  inbox.push(begin(bob, first));
  inbox.push(data(bob, first, 1'000));
  inbox.push(begin(alice, second));
  (void)inbox.take();
  for (int i = 0; i < 10; ++i) inbox.push(data(alice, second, 1'000));
  inbox.push(data(bob, first, 2'000));
  inbox.push({0, StreamCompleted{bob, first, 3'000}, {}});

  std::size_t bobs_bytes = 0;
  bool has_completed = false;
  std::vector<Arrival> overrun;
  for (Arrival& arrival : take_all(inbox)) {
    if (const auto* part = std::get_if<StreamData>(&arrival.event)) {
      EXPECT_EQ(part->peer, bob);
      bobs_bytes += part->data.size();
    }
    has_completed |= std::holds_alternative<StreamCompleted>(arrival.event);
    if (arrival.is_overrun) overrun.push_back(std::move(arrival));
  }
  EXPECT_EQ(bobs_bytes, 3'000U);
  EXPECT_TRUE(has_completed);
  ASSERT_EQ(overrun.size(), 1U);
  EXPECT_EQ(std::get<StreamAborted>(overrun[0].event).stream, second);
  EXPECT_NE(std::get<StreamAborted>(overrun[0].event).reason, "");
}

TEST(InboxTest, NothingOfABrokenStreamFollowsItsEnd) {
  Inbox inbox(small);
  inbox.push(begin(alice, first));
  (void)inbox.take();
  for (int i = 0; i < 30; ++i) inbox.push(data(alice, first, 1'000));
  inbox.push({0, StreamCompleted{alice, first, 30'000}, {}});

  const auto all = take_all(inbox);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].is_overrun);
}

TEST(InboxTest, StreamsThatBeginAndEndUnheardLeaveNothing) {
  Inbox inbox(small);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    inbox.push(begin(alice, StreamId{i}));
    inbox.push({0, StreamAborted{alice, StreamId{i}, std::string(5'000, 'x')}, {}});
  }
  const auto all = take_all(inbox);
  EXPECT_LT(all.size(), 80U);
  for (const Arrival& arrival : all) {
    if (const auto* end = std::get_if<StreamAborted>(&arrival.event)) {
      EXPECT_LE(end->reason.size(), 1'024U);
    }
  }
}

}  // namespace
}  // namespace peerpigeon
