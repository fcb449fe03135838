#include "transfer/outgoing_broadcasts.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/broadcast_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class OutgoingBroadcastsTest : public ::testing::Test {
 protected:
  TransferError error_of_write(StreamKey key, const Bytes& data) {
    const auto written = caster_->write(key, data);
    EXPECT_FALSE(written);
    return written ? TransferError{} : written.error();
  }
  /// What may be written of a stream by what was told since the last call.
  std::size_t take_credit(StreamKey key) {
    std::size_t bytes = 0;
    for (const StreamTakes& effect : caster_.take<StreamTakes>()) {
      EXPECT_EQ(effect.to, alice);
      if (effect.stream == key) bytes += effect.bytes;
    }
    return bytes;
  }

  Caster caster_;
};

TEST_F(OutgoingBroadcastsTest, SpeaksAsUpstreamDoes) {
  const StreamKey key = caster_.open({.type = "file",
                                      .filename = "f",
                                      .mime_type = "m",
                                      .total_size = 5'000,
                                      .chunk_size = 4'096});
  ASSERT_TRUE(caster_->write(key, Bytes(5'000, 7)));
  ASSERT_TRUE(caster_->end(key));

  const auto parts = caster_.publish_all();
  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts[0].subtype, "stream-chunk");
  const std::string id = parts[0].content.substr(13, 28);
  EXPECT_THAT(id, MatchesRegex("stream_1700000000000_[0-9a-z]{7}"));
  EXPECT_THAT(parts[0].content, HasSubstr(R"(","chunkIndex":0,"data":[7,7,)"));
  EXPECT_TRUE(parts[0].content.ends_with(
      R"(],"totalSize":5000,"metadata":{"streamId":")" + id +
      R"(","type":"file","filename":"f","mimeType":"m","totalSize":5000,)"
      R"("timestamp":1700000000000}})"));
  EXPECT_TRUE(
      parts[1].content.starts_with(R"({"streamId":")" + id + R"(","chunkIndex":1,"data":[7,)"));
  EXPECT_TRUE(parts[1].content.ends_with(R"(7],"totalSize":5000})"));
  EXPECT_EQ(parts[2].subtype, "stream-control");
  EXPECT_TRUE(parts[2].content.starts_with(
      R"({"streamId":")" + id +
      R"(","action":"end","totalChunks":2,"totalBytes":5000,"metadata":{)"));
  const auto ended = caster_.take<StreamEnded>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].peer, alice);
  EXPECT_EQ(ended[0].total_bytes, 5'000U);
  EXPECT_EQ(caster_->write(key, {}).error(), TransferError::ended);
}

TEST_F(OutgoingBroadcastsTest, OnePartIsPublishedAtATime) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(40'000)));
  ASSERT_TRUE(caster_->end(key));

  const auto first = caster_->take_part(caster_.now);
  ASSERT_TRUE(first);
  EXPECT_FALSE(caster_->take_part(caster_.now));
  caster_->published(first->number + 7, 10, caster_.now);
  EXPECT_FALSE(caster_->take_part(caster_.now));
  caster_->published(first->number, 10, caster_.now);
  EXPECT_TRUE(caster_->take_part(caster_.now));
  EXPECT_THAT(caster_.take<StreamEnded>(), IsEmpty());
}

TEST_F(OutgoingBroadcastsTest, AStreamWithoutBytesHasOneChunk) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->end(key));

  const auto parts = caster_.publish_all();

  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_THAT(parts[0].content, HasSubstr(R"("chunkIndex":0,"data":[],"metadata":{)"));
  EXPECT_THAT(parts[1].content, HasSubstr(R"("totalChunks":1,"totalBytes":0)"));
}

TEST_F(OutgoingBroadcastsTest, ChunksAreClamped) {
  for (const auto& [asked, size] :
       {std::pair<std::size_t, std::size_t>{1, 4'096}, {20'000, 20'000}, {65'536, 32'768}}) {
    const StreamKey key = caster_.open({.chunk_size = asked});
    ASSERT_TRUE(caster_->write(key, Bytes(65'536 / 4)));
    ASSERT_TRUE(caster_->end(key));
    EXPECT_THAT(caster_.publish_all(), SizeIs(1 + (65'536 / 4 + size - 1) / size));
    caster_.pass(1s);
  }
}

TEST_F(OutgoingBroadcastsTest, TakesNoMoreThanHasLeft) {
  const StreamKey key = caster_.open();
  const std::size_t credit = take_credit(key);
  EXPECT_EQ(credit, 65'536U);
  EXPECT_EQ(error_of_write(key, Bytes(credit + 1)), TransferError::over_window);
  ASSERT_TRUE(caster_->write(key, Bytes(credit)));
  EXPECT_EQ(error_of_write(key, {1}), TransferError::over_window);

  caster_.publish();
  EXPECT_EQ(take_credit(key), 0U);
  caster_.publish();
  EXPECT_EQ(take_credit(key), 32'768U);
}

TEST_F(OutgoingBroadcastsTest, AFullChannelHoldsPartsUpUntilItHasDrained) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(65'536)));
  ASSERT_TRUE(caster_.publish(131'073));
  EXPECT_THAT(caster_.take<WantsDrained>(), SizeIs(2));

  EXPECT_FALSE(caster_.publish());
  caster_->drained(bob, caster_.now);
  EXPECT_FALSE(caster_.publish());
  caster_->drained(carol, caster_.now);
  EXPECT_TRUE(caster_.publish());
}

TEST_F(OutgoingBroadcastsTest, AStalledChannelHoldsThemUpForABoundedTime) {
  const StreamKey key = caster_.open({.chunk_size = 8'192});
  ASSERT_TRUE(caster_->write(key, Bytes(65'536)));
  ASSERT_TRUE(caster_.publish(131'073));
  caster_->drained(bob, caster_.now);

  EXPECT_FALSE(caster_.publish());
  EXPECT_EQ(caster_->next_timeout(), caster_.now.monotonic + 15s);
  caster_.pass(15s);
  EXPECT_TRUE(caster_.publish());
  EXPECT_TRUE(caster_.publish());
  // Another one that is slow has its own time.
  ASSERT_TRUE(caster_.publish(131'073));
  EXPECT_FALSE(caster_.publish());
  caster_->drained(bob, caster_.now);
  EXPECT_TRUE(caster_.publish());
}

TEST_F(OutgoingBroadcastsTest, EachCreditBeginsWhereTheOneBeforeEnds) {
  const StreamKey key = caster_.open({.chunk_size = 8'192});
  const std::size_t first = take_credit(key);
  ASSERT_TRUE(caster_->write(key, Bytes(first)));
  // Two more come before anything more is written.
  caster_.publish_all();

  std::uint64_t next = first;
  const auto credits = caster_.take<StreamTakes>();
  ASSERT_THAT(credits, SizeIs(2));
  for (const StreamTakes& credit : credits) {
    EXPECT_EQ(credit.offset, next);
    next += credit.bytes;
  }
}

TEST_F(OutgoingBroadcastsTest, AChannelThatDrainsJustInTimeHoldsThemUpForABoundedTime) {
  const StreamKey key = caster_.open({.chunk_size = 8'192});
  ASSERT_TRUE(caster_->write(key, Bytes(65'536)));
  ASSERT_TRUE(caster_.publish(131'073));
  caster_->drained(bob, caster_.now);
  caster_.pass(10s);
  EXPECT_FALSE(caster_.publish());
  caster_->drained(carol, caster_.now);
  ASSERT_TRUE(caster_.publish(131'073));
  caster_->drained(bob, caster_.now);

  EXPECT_FALSE(caster_.publish());
  EXPECT_EQ(caster_->next_timeout(), caster_.now.monotonic + 5s);
  caster_.pass(5s);
  EXPECT_TRUE(caster_.publish());
}

TEST_F(OutgoingBroadcastsTest, WhoWasRefusedMayWriteWhenAnotherStreamIsAborted) {
  const StreamKey first = caster_.open();
  const StreamKey other = caster_.open();
  // Its part leaves, and the channels are full.
  ASSERT_TRUE(caster_->write(other, Bytes{1}));
  ASSERT_TRUE(caster_.publish(131'073));
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(caster_->write(first, Bytes{1}));
  EXPECT_EQ(error_of_write(other, {1}), TransferError::over_window);
  caster_.take<StreamTakes>();

  ASSERT_TRUE(caster_->abort(first, "no more"));

  EXPECT_THAT(caster_.take<StreamTakes>(), SizeIs(1));
  EXPECT_TRUE(caster_->write(other, Bytes{1}));
}

TEST_F(OutgoingBroadcastsTest, ALinkThatIsGoneHoldsNothingUp) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(65'536)));
  ASSERT_TRUE(caster_.publish(131'073));
  caster_->drained(bob, caster_.now);
  caster_->link_closed(carol, caster_.now);

  EXPECT_TRUE(caster_.publish());
  EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
}

TEST_F(OutgoingBroadcastsTest, WithoutALinkThereIsNoStream) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(65'536)));
  caster_->link_closed(carol, caster_.now);
  caster_->link_closed(bob, caster_.now);

  const auto broken = caster_.take<StreamBroken>();
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_EQ(broken[0].stream, key);
  EXPECT_EQ(broken[0].reason, "the last link is over");
  EXPECT_FALSE(caster_.publish());
  EXPECT_EQ(caster_->open_broadcast(alice, {}, caster_.now).error(), TransferError::not_linked);
}

TEST_F(OutgoingBroadcastsTest, TheRateIsBounded) {
  const StreamKey key = caster_.open();
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  const Instant begin = caster_.now.monotonic;
  while (caster_.now.monotonic - begin < 10s) {
    (void)caster_->write(key, Bytes(16'384));
    while (caster_.publish(60'000)) {
      bytes += 60'000;
      ++messages;
      caster_.drain();
    }
    const Instant next = caster_->next_timeout();
    if (next < Instant::max()) caster_.pass(next - caster_.now.monotonic);
  }
  EXPECT_LT(bytes / 10, 4U << 20U);
  EXPECT_GT(bytes / 10, 3U << 20U);
  EXPECT_LT(messages / 10, 500U);
}

TEST_F(OutgoingBroadcastsTest, TheSmallestWritesAreBoundedToo) {
  const StreamKey key = caster_.open();
  take_credit(key);
  std::size_t count = 0;
  while (caster_->write(key, Bytes(1))) ++count;
  EXPECT_EQ(count, 64U);
  EXPECT_EQ(take_credit(key), 0U);

  std::size_t taken = 0;
  bool is_told = false;
  for (int i = 0; i < 100; ++i) {
    caster_.pass(10ms);
    if (caster_.publish()) ++taken;
    caster_.drain();
    for (const StreamTakes& effect : caster_.take<StreamTakes>()) is_told |= effect.stream == key;
  }
  EXPECT_TRUE(is_told);
  EXPECT_EQ(taken, 64U);
  EXPECT_TRUE(caster_->write(key, Bytes(1)));
}

TEST_F(OutgoingBroadcastsTest, StreamsShareWhatMayWait) {
  const StreamKey first = caster_.open();
  const StreamKey second = caster_.open();
  EXPECT_EQ(take_credit(second), 32'768U);
  ASSERT_TRUE(caster_->write(second, Bytes(32'768)));
  ASSERT_TRUE(caster_->write(first, Bytes(16'384)));
  EXPECT_THAT(caster_.publish_all(), SizeIs(3));
}

TEST_F(OutgoingBroadcastsTest, OpenOnesAreBounded) {
  for (int i = 0; i < 16; ++i) caster_.open();
  EXPECT_EQ(caster_->open_broadcast(alice, {}, caster_.now).error(), TransferError::too_many);
}

TEST_F(OutgoingBroadcastsTest, AbortedOnesCountUntilTheyAreOver) {
  std::vector<StreamKey> keys;
  for (int i = 0; i < 16; ++i) {
    keys.push_back(caster_.open());
    ASSERT_TRUE(caster_->write(keys.back(), Bytes(10)));
    ASSERT_TRUE(caster_.publish(10));
  }
  for (const StreamKey key : keys) {
    ASSERT_TRUE(caster_->abort(key, "no"));
    EXPECT_EQ(caster_->abort(key, "no").error(), TransferError::ended);
  }
  EXPECT_EQ(caster_->open_broadcast(alice, {}, caster_.now).error(), TransferError::too_many);
  const auto parts = caster_.publish_all();
  ASSERT_THAT(parts, SizeIs(16));
  EXPECT_THAT(parts[0].content, HasSubstr(R"("action":"abort","reason":"no","metadata":{)"));
  EXPECT_TRUE(caster_->open_broadcast(alice, {}, caster_.now));
  EXPECT_THAT(caster_.take<StreamBroken>(), IsEmpty());
  EXPECT_THAT(caster_.take<StreamEnded>(), IsEmpty());
}

TEST_F(OutgoingBroadcastsTest, OfWhatNobodyHasHeardTheAbortIsNotTold) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(10)));
  ASSERT_TRUE(caster_->abort(key, "no"));
  EXPECT_FALSE(caster_.publish());
}

TEST_F(OutgoingBroadcastsTest, AnAbortComesAfterThePartThatIsBeingSigned) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(40'000)));
  const auto first = caster_->take_part(caster_.now);
  ASSERT_TRUE(first);
  ASSERT_TRUE(caster_->abort(key, "no"));

  EXPECT_FALSE(caster_.publish());
  caster_->published(first->number, 10, caster_.now);
  const auto last = caster_.publish();
  ASSERT_TRUE(last);
  EXPECT_THAT(last->content, HasSubstr("abort"));
  EXPECT_FALSE(caster_.publish());
}

TEST_F(OutgoingBroadcastsTest, ItIsTooLateToAbortWhenTheEndIsBeingSigned) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->end(key));
  ASSERT_TRUE(caster_.publish());
  const auto end = caster_->take_part(caster_.now);
  ASSERT_TRUE(end);
  ASSERT_TRUE(caster_->abort(key, "no"));
  caster_->published(end->number, 10, caster_.now);

  EXPECT_FALSE(caster_.publish());
  EXPECT_THAT(caster_.take<StreamEnded>(), IsEmpty());
}

TEST_F(OutgoingBroadcastsTest, KeepsToTheStatedSize) {
  const StreamKey key = caster_.open({.total_size = 10});
  EXPECT_EQ(error_of_write(key, Bytes(11)), TransferError::too_large);
  ASSERT_TRUE(caster_->write(key, Bytes(9)));
  EXPECT_EQ(caster_->end(key).error(), TransferError::too_short);
  ASSERT_TRUE(caster_->write(key, Bytes(1)));
  EXPECT_TRUE(caster_->end(key));
  EXPECT_EQ(caster_->end(key).error(), TransferError::ended);
  EXPECT_EQ(error_of_write(key, Bytes(1)), TransferError::ended);
}

TEST_F(OutgoingBroadcastsTest, LeavingTheNetworkBreaksThemOff) {
  const StreamKey key = caster_.open();
  ASSERT_TRUE(caster_->write(key, Bytes(10)));
  const auto part = caster_->take_part(caster_.now);
  caster_->abort_broadcasts("gone");
  caster_->published(part->number, 10, caster_.now);

  ASSERT_THAT(caster_.take<StreamBroken>(), SizeIs(1));
  EXPECT_EQ(caster_->write(key, {}).error(), TransferError::ended);
  EXPECT_EQ(caster_->next_timeout(), Instant::max());
  const StreamKey next = caster_.open();
  ASSERT_TRUE(caster_->write(next, Bytes(10)));
  EXPECT_TRUE(caster_.publish());
}

}  // namespace
}  // namespace pigeon::transfer
