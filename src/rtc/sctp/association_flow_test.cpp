#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/association_testing.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"

// Windows, timers, path sizes, and what a peer may not say.

namespace pigeon::sctp {
namespace {

using enum LinkedAssociations::Side;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(FlowTest, APeerThatDoesNotReadFillsTheBuffersAndNothingElse) {
  LinkedAssociations pair(1, {.sending = {.buffer_max = 2'000'000}}, {});
  pair.connect();
  pair.set_reading(right, false);

  std::size_t queued = 0;
  while (pair[left].send(1, Ppid::binary, test_message(50'000, queued), {}, pair.now()) ==
         SendStatus::queued) {
    ++queued;
    pair.run_for(100ms);
    ASSERT_LT(queued, 1'000U);
  }
  // About the peer's window and this side's buffer.
  EXPECT_GT(queued, 50U);
  EXPECT_LT(queued, 70U);
  EXPECT_LT(pair[right].stats().receive_buffer_bytes, 1'200'000U);

  // It may stay so for ever.
  pair.run_for(1'800s);
  EXPECT_TRUE(pair.is_established());
  const std::size_t packets = pair.packets_sent(left);
  pair.run_for(100s);
  EXPECT_LT(pair.packets_sent(left), packets + 60);

  pair.set_reading(right, true);
  ASSERT_TRUE(pair.run_until([&] { return pair.count<MessageReceived>(right) == queued; }, 30s));
  const auto received = pair.events_of<MessageReceived>(right);
  for (std::size_t i = 0; i < queued; ++i) {
    ASSERT_EQ(received[i].payload, test_message(50'000, i));
  }
}

TEST(FlowTest, RefusesWhatItCannotSend) {
  LinkedAssociations pair(1, {.message_send_max = 1'000}, {});
  pair.connect();

  EXPECT_EQ(pair[left].send(1, Ppid::binary, Bytes(1'001), {}, pair.now()), SendStatus::too_large);
  EXPECT_EQ(pair[left].send(1, Ppid::binary, {}, {}, pair.now()), SendStatus::empty);
  EXPECT_EQ(pair[left].send(65'535, Ppid::binary, {1}, {}, pair.now()),
            SendStatus::stream_unavailable);
  EXPECT_EQ(pair[left].send(1, Ppid::binary, Bytes(1'000), {}, pair.now()), SendStatus::queued);
}

TEST(FlowTest, TellsWhenTheBufferedAmountFalls) {
  LinkedAssociations pair;
  pair.connect();
  pair[left].set_buffered_amount_low_threshold(1, 100'000);
  pair[left].send(1, Ppid::binary, Bytes(200'000), {}, pair.now());
  EXPECT_EQ(pair[left].buffered_amount(1), 200'000U);
  EXPECT_EQ(pair[left].buffered_amount(2), 0U);

  pair.run_until([&] { return pair.count<BufferedAmountLow>(left) != 0; });

  EXPECT_LE(pair[left].buffered_amount(1), 100'000U);
  EXPECT_GT(pair[left].buffered_amount(1), 20'000U);
  pair.run_for(5s);
  EXPECT_THAT(pair.events_of<BufferedAmountLow>(left), ElementsAre(BufferedAmountLow{1}));
}

TEST(FlowTest, ManyTinyMessagesCountMoreThanTheirBytes) {
  LinkedAssociations pair(1, {.sending = {.buffer_max = 100'000}}, {});
  std::size_t queued = 0;

  while (pair[left].send(1, Ppid::binary, {1}, {}, pair.now()) == SendStatus::queued) ++queued;

  EXPECT_LT(queued, 2'000U);
}

TEST(FlowTest, SacksOfWhatWasNeverSentOrGoingBackAreDropped) {
  LinkedAssociations pair;
  WireTsn tsn = 0;
  pair.set_tap([&](LinkedAssociations::Side to, const Bytes& packet) {
    auto reader = PacketReader::open(packet, ZeroChecksum::accepted);
    while (const auto chunk = to == right && reader ? reader->next() : std::nullopt) {
      if (const auto data = decode_data(*chunk)) tsn = data->tsn;
    }
  });
  pair.connect();
  for (int i = 0; i < 5; ++i) {
    pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
    pair.run_for(300ms);
  }
  const auto sack = [&](WireTsn cumulative, std::vector<GapBlock> gaps) {
    pair.forge(left, [&](PacketWriter& packet) {
      ASSERT_TRUE(encode(SackChunk{.cumulative_tsn = cumulative,
                                   .window = 100'000,
                                   .gaps = std::span<const GapBlock>(gaps)},
                         packet));
    });
  };

  sack(tsn + 1, {});
  sack(tsn + 0x7FFFFFFF, {});
  sack(tsn, {{2, 3}});
  sack(tsn, {{5, 4}});
  EXPECT_EQ(pair[left].stats().sending.invalid_sacks, 4U);
  sack(tsn - 1, {});
  EXPECT_EQ(pair[left].stats().sending.stale_sacks, 1U);

  pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair.run_for(1s);
  EXPECT_EQ(pair.count<MessageReceived>(right), 6U);
}

TEST(FlowTest, OneSackOfAPacketCounts) {
  LinkedAssociations pair;
  pair.connect();

  // Each of them goes back, or acknowledges what was never sent.
  pair.forge(left, [](PacketWriter& packet) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(encode(SackChunk{.window = 100'000}, packet));
  });

  EXPECT_EQ(pair[left].stats().sending.invalid_sacks + pair[left].stats().sending.stale_sacks, 1U);
}

TEST(FlowTest, NoMoreIsOutstandingThanGapBlocksCanName) {
  const AssociationOptions options = {
      .receive_window = 64'000'000,
      .sending = {.congestion = {.initial_packets = 10'000}, .buffer_max = 64'000'000}};
  LinkedAssociations pair(1, options, options);
  pair.connect();

  for (int i = 0; i < 100'000; ++i) pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
  pair.flush();

  // Chunks of 21 bytes.
  EXPECT_LE(pair[left].stats().bytes_in_flight, 65'535U * 21U);
  EXPECT_GT(pair[left].stats().bytes_in_flight, 60'000U * 21U);
  EXPECT_TRUE(pair.run_until([&] { return pair.count<MessageReceived>(right) == 100'000; }, 10s));
  EXPECT_EQ(pair[right].stats().receiving.refused, 0U);
}

TEST(FlowTest, ALostPacketIsSentAgainBeforeTheTimerExpires) {
  LinkedAssociations pair(1, {.interleaving = false}, {});
  pair.link().delay = 20ms;
  pair.connect();
  pair.run_for(1s);
  for (int i = 0; i < 200; ++i) {
    pair[left].send(1, Ppid::binary, test_message(1'000, 1), {}, pair.now());
  }
  pair.run_for(50ms);
  pair.link().loss = 1'000;
  pair.run_for(2ms);
  pair.link().loss = 0;

  ASSERT_TRUE(pair.run_until([&] { return pair.count<MessageReceived>(right) == 200; }, 5s));

  EXPECT_EQ(pair[left].stats().sending.timeouts, 0U);
}

TEST(FlowTest, AnIdleAssociationOnlyBeats) {
  LinkedAssociations pair;
  pair.connect();
  pair.run_for(10s);
  const std::size_t before = pair.packets_sent(left) + pair.packets_sent(right);

  pair.run_for(600s);

  EXPECT_LT(pair.packets_sent(left) + pair.packets_sent(right), before + 90);
  EXPECT_TRUE(pair.is_established());
}

TEST(FlowTest, ADelayedAcknowledgementCausesNoTimeout) {
  LinkedAssociations pair;
  pair.connect();

  for (int i = 0; i < 20; ++i) {
    pair[left].send(1, Ppid::binary, {1}, {}, pair.now());
    pair.run_for(1s);
  }

  EXPECT_EQ(pair[left].stats().sending.timeouts, 0U);
  EXPECT_EQ(pair[left].stats().sending.chunks_resent, 0U);
}

TEST(FlowTest, UnknownChunksAreReportedIfTheyAsk) {
  LinkedAssociations pair;
  pair.connect();
  pair.run_for(5s);
  std::vector<ChunkType> types;
  pair.set_tap([&](LinkedAssociations::Side to, const Bytes& packet) {
    auto reader = PacketReader::open(packet, ZeroChecksum::accepted);
    if (to == left && reader) types.push_back(reader->next()->type);
  });

  pair.forge(right, [](PacketWriter& packet) {
    ASSERT_TRUE(packet.append(ChunkType{0xE0}, 0, Bytes{1, 2, 3}));
  });
  pair.run_for(1s);

  EXPECT_THAT(types, ElementsAre(ChunkType::error));
  EXPECT_EQ(pair[right].stats().unknown_chunks, 1U);
}

TEST(PathMtuTest, GrowsToWhatThePathCarries) {
  LinkedAssociations pair(1, {.packet_probe_max = 1'415}, {.packet_probe_max = 1'163});
  pair.connect();
  pair.run_for(5s);

  EXPECT_EQ(pair[left].stats().packet_max, 1'412U);
  EXPECT_EQ(pair[right].stats().packet_max, 1'160U);
}

TEST(PathMtuTest, StopsWhereThePathEnds) {
  LinkedAssociations pair(1, {.packet_probe_max = 16'384}, {});
  pair.link().packet_max = 4'000;
  pair.connect();
  pair.run_for(120s);

  EXPECT_LE(pair[left].stats().packet_max, 4'000U);
  EXPECT_GE(pair[left].stats().packet_max, 3'900U);
}

TEST(PathMtuTest, FallsWhenOnlySmallPacketsPassAnyMore) {
  LinkedAssociations pair;
  pair.connect();
  pair.run_for(5s);
  pair.link().packet_max = 1'100;

  // Cut for the larger path: these do not get through, those cut later do.
  pair[left].send(1, Ppid::binary, test_message(1'000, 0), {}, pair.now());
  for (int i = 0; i < 20; ++i) {
    pair[left].send(2, Ppid::binary, test_message(5'000, 1), {.max_retransmits = 2}, pair.now());
  }
  pair.run_for(60s);
  EXPECT_GE(pair[left].stats().packet_max, 1'000U);
  EXPECT_LE(pair[left].stats().packet_max, 1'100U);
  EXPECT_EQ(pair[left].stats().path_shrinks, 2U);

  for (int i = 0; i < 20; ++i) {
    pair[left].send(3, Ppid::binary, test_message(5'000, 1), {}, pair.now());
  }
  pair.run_for(60s);
  EXPECT_TRUE(pair.is_established());
  std::size_t arrived = 0;
  for (const auto& message : pair.events_of<MessageReceived>(right)) arrived += message.stream == 3;
  EXPECT_EQ(arrived, 20U);
}

TEST(PathMtuTest, ChunksThatAreTooLargeForAPathThatShrankEndTheAssociationInTheEnd) {
  LinkedAssociations pair;
  pair.connect();
  pair.run_for(5s);
  pair.link().packet_max = 1'100;

  pair[left].send(1, Ppid::binary, test_message(50'000, 1), {}, pair.now());
  pair.run_for(200s);

  const auto closed = pair.events_of<Closed>(left);
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].reason, CloseReason::path_too_small);
}

TEST(PathMtuTest, SuchChunksGoOutAloneAndArriveIfTheNetworkCutsThem) {
  LinkedAssociations pair;
  pair.connect();
  pair.run_for(5s);
  pair.link().packet_max = 1'100;
  pair[left].send(1, Ppid::binary, test_message(5'000, 1), {}, pair.now());
  pair.run_until([&] { return pair[left].stats().path_shrinks == 2; }, 60s);
  pair.link().packet_max = 2'000;

  pair.run_for(60s);

  EXPECT_EQ(pair.count<MessageReceived>(right), 1U);
  EXPECT_EQ(pair[left].stats().send_buffer_bytes, 0U);
}

}  // namespace
}  // namespace pigeon::sctp
