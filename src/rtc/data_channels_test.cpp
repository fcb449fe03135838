#include "rtc/data_channels.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/peer_connection_testing.hpp"

namespace pigeon::rtc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(DataChannelsTest, TheOtherSideLearnsAllAboutAChannel) {
  TestPair pair;
  DataChannelInit init;
  init.ordered = false;
  init.max_retransmits = 3;
  init.protocol = "proto \xc3\xa4";
  const ChannelKey chat = pair.connect(init);

  const DataChannel* const theirs = pair.bob.connection.data_channel(pair.bob.announced("chat"));

  ASSERT_NE(theirs, nullptr);
  EXPECT_EQ(theirs->label, "chat");
  EXPECT_EQ(theirs->init.protocol, init.protocol);
  EXPECT_FALSE(theirs->init.ordered);
  EXPECT_EQ(theirs->init.max_retransmits, 3);
  EXPECT_EQ(theirs->init.max_packet_life_time_ms, std::nullopt);
  EXPECT_EQ(theirs->state, DataChannelState::open);
  EXPECT_EQ(theirs->id, pair.alice.connection.data_channel(chat)->id);
}

TEST(DataChannelsTest, SidesTakeStreamsOfDifferentParity) {
  TestPair pair;
  pair.connect();
  std::set<int> parities;

  for (TestPeer* const peer : {&pair.alice, &pair.bob}) {
    const ChannelKey key = *peer->connection.create_data_channel("more", {}, pair.now());
    parities.insert(*peer->connection.data_channel(key)->id % 2);
  }

  EXPECT_THAT(parities, ElementsAre(0, 1));
}

TEST(DataChannelsTest, ClosesAndOpensOnTheSameStreamAgain) {
  TestPair pair;
  ChannelKey chat = pair.connect();
  const auto stream = pair.alice.connection.data_channel(chat)->id;

  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(pair.alice.connection.send(chat, bytes_of("last words"), true, pair.now()));
    pair.alice.connection.close_data_channel(chat);
    pair.run_for(2s);
    EXPECT_EQ(pair.alice.connection.data_channel(chat), nullptr);
    chat = *pair.alice.connection.create_data_channel("chat", {}, pair.now());
    EXPECT_EQ(pair.alice.connection.data_channel(chat)->id, stream);
    pair.run_for(2s);
  }

  EXPECT_THAT(pair.bob.texts(), SizeIs(5));
  EXPECT_THAT(pair.bob.told<ChannelClosed>(), SizeIs(5));
  EXPECT_THAT(pair.alice.told<ChannelClosed>(), SizeIs(5));
  EXPECT_THAT(pair.bob.told<ChannelOpened>(), SizeIs(6));
}

TEST(DataChannelsTest, BothSidesMayCloseAtOnce) {
  TestPair pair;
  const ChannelKey chat = pair.connect();

  pair.alice.connection.close_data_channel(chat);
  pair.bob.connection.close_data_channel(pair.bob.announced("chat"));
  pair.run_for(3s);

  EXPECT_THAT(pair.alice.told<ChannelClosed>(), SizeIs(1));
  EXPECT_THAT(pair.bob.told<ChannelClosed>(), SizeIs(1));
}

TEST(DataChannelsTest, NegotiatedChannelsNeedNoWordOnTheWire) {
  TestPair pair;
  DataChannelInit init;
  init.negotiated = true;
  init.id = 7;
  const ChannelKey mine = *pair.alice.connection.create_data_channel("mine", init, pair.now());
  const ChannelKey theirs = *pair.bob.connection.create_data_channel("theirs", init, pair.now());

  pair.negotiate();
  pair.run_for(2s);
  ASSERT_TRUE(pair.alice.connection.send(mine, bytes_of("hello"), true, pair.now()));
  pair.run_for(1s);

  EXPECT_THAT(pair.bob.texts(), ElementsAre("hello"));
  EXPECT_EQ(pair.bob.told<ChannelMessage>()[0].channel, theirs);
  EXPECT_THAT(pair.bob.told<ChannelAnnounced>(), IsEmpty());
}

TEST(DataChannelsTest, RefusesWhatTheW3cRefuses) {
  TestPair pair;
  const auto error_of = [&](std::string label, DataChannelInit init) {
    const auto made =
        pair.alice.connection.create_data_channel(std::move(label), std::move(init), pair.now());
    return made ? std::optional<ChannelError>() : made.error();
  };

  EXPECT_EQ(error_of(std::string(65'536, 'x'), {}), ChannelError::text_too_long);
  EXPECT_EQ(error_of("", {.protocol = std::string(65'536, 'x')}), ChannelError::text_too_long);
  EXPECT_EQ(error_of("", {.max_packet_life_time_ms = 1, .max_retransmits = 1}),
            ChannelError::two_reliabilities);
  EXPECT_EQ(error_of("", {.negotiated = true}), ChannelError::bad_id);
  EXPECT_EQ(error_of("", {.negotiated = true, .id = 65'535}), ChannelError::bad_id);
  EXPECT_EQ(error_of("", {.negotiated = true, .id = 4}), std::nullopt);
  EXPECT_EQ(error_of("", {.negotiated = true, .id = 4}), ChannelError::id_in_use);
  EXPECT_EQ(error_of("", {.id = 4}), std::nullopt);
  EXPECT_EQ(error_of("", {}), std::nullopt);
}

TEST(DataChannelsTest, ChoosesTheStreamWhateverAChannelThatOpensItselfAsksFor) {
  TestPair pair;
  for (const std::uint16_t id : {std::uint16_t{10}, std::uint16_t{11}}) {
    ASSERT_TRUE(pair.alice.connection.create_data_channel("chat", {.id = id}, pair.now()));
  }

  pair.negotiate();
  pair.run_for(2s);

  EXPECT_THAT(pair.bob.told<ChannelAnnounced>(), SizeIs(2));
  EXPECT_THAT(pair.alice.told<ChannelClosed>(), IsEmpty());
}

TEST(DataChannelsTest, ClosesWhatTheOtherSideOpensBeyondTheLimit) {
  Configuration few;
  few.channels.count_max = 4;
  TestPair pair({}, few);
  pair.connect();

  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pair.alice.connection.create_data_channel("more", {}, pair.now()));
  }
  pair.run_for(3s);

  EXPECT_THAT(pair.bob.told<ChannelOpened>(), SizeIs(4));
  EXPECT_THAT(pair.alice.told<ChannelClosed>(), SizeIs(7));
}

TEST(DataChannelsTest, OpensAndConfirmsOnceTheBufferHasRoom) {
  Configuration small;
  small.transport.sctp.sending.buffer_max = 100'000;
  TestPair pair(small, small);
  const ChannelKey chat = pair.connect();
  const auto fill = [&](TestPeer& peer, ChannelKey channel) {
    for (std::size_t size = 10'000; size > 0; size /= 2) {
      while (peer.connection.send(channel, Bytes(size), false, pair.now())) {
      }
    }
  };

  fill(pair.alice, chat);
  fill(pair.bob, pair.bob.announced("chat"));
  DataChannelInit init;
  init.ordered = false;
  const ChannelKey late = *pair.alice.connection.create_data_channel("late", init, pair.now());
  EXPECT_EQ(pair.alice.connection.data_channel(late)->state, DataChannelState::connecting);
  pair.run_for(5s);
  ASSERT_TRUE(pair.alice.connection.send(late, bytes_of("hello"), true, pair.now()));
  pair.run_for(1s);

  EXPECT_THAT(pair.alice.told<ChannelOpened>(), SizeIs(2));
  EXPECT_EQ(pair.bob.texts().back(), "hello");
  EXPECT_NE(pair.bob.announced("late"), ChannelKey{});
}

TEST(DataChannelsTest, TellsWhenTheBufferedAmountIsLow) {
  TestPair pair;
  const ChannelKey chat = pair.connect();
  pair.alice.connection.set_buffered_amount_low_threshold(chat, 10'000);

  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pair.alice.connection.send(chat, Bytes(100'000), false, pair.now()));
  }
  EXPECT_EQ(pair.alice.connection.buffered_amount(chat), 1'000'000U);
  pair.run_for(10s);

  EXPECT_THAT(pair.alice.told<BufferedAmountLow>(), SizeIs(1));
  EXPECT_EQ(pair.alice.connection.buffered_amount(chat), 0U);
}

TEST(DataChannelsTest, ManyChannelsShareTheConnection) {
  TestPair pair;
  pair.connect();
  std::vector<ChannelKey> keys;
  for (int i = 0; i < 200; ++i) {
    keys.push_back(*pair.alice.connection.create_data_channel(std::to_string(i), {}, pair.now()));
  }
  for (const ChannelKey key : keys) {
    ASSERT_TRUE(pair.alice.connection.send(key, Bytes(5'000), false, pair.now()));
  }

  pair.run_for(10s);

  EXPECT_THAT(pair.bob.told<ChannelMessage>(), SizeIs(200));
}

}  // namespace
}  // namespace pigeon::rtc
