#include "rtc/sctp/tx/send_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sctp {
namespace {

using testing::ElementsAre;

class SendQueueTest : public testing::Test {
 protected:
  MessageIndex push(StreamId stream, std::size_t size, bool ordered = true,
                    Instant expires = Instant::max()) {
    const MessageIndex index = store_.add(
        {.payload = Bytes(size), .expires = expires, .stream = stream, .ordered = ordered});
    queue_.push(store_, index);
    return index;
  }
  /// The streams of the next fragments of up to 100 bytes.
  std::vector<StreamId> next_streams(std::size_t count) {
    std::vector<StreamId> streams;
    for (; count != 0 && queue_.prepare(store_, Instant{}); --count) {
      streams.push_back(store_[queue_.cut(store_, 100).message].stream);
    }
    return streams;
  }

  MessageStore store_;
  SendQueue queue_;
};

TEST_F(SendQueueTest, CutsAMessageIntoFragments) {
  push(1, 250);

  ASSERT_TRUE(queue_.prepare(store_, Instant{}));
  const Fragment first = queue_.cut(store_, 100);
  const Fragment second = queue_.cut(store_, 100);
  const Fragment third = queue_.cut(store_, 100);

  EXPECT_TRUE(first.is_first);
  EXPECT_FALSE(first.is_last);
  EXPECT_EQ(second.offset, 100U);
  EXPECT_EQ(second.fsn, 1U);
  EXPECT_EQ(third.size, 50U);
  EXPECT_TRUE(third.is_last);
  EXPECT_FALSE(queue_.prepare(store_, Instant{}));
}

TEST_F(SendQueueTest, StreamsTakeTurnsAfterEveryMessage) {
  push(1, 250);
  push(1, 50);
  push(2, 50);
  push(3, 50);
  push(2, 50);

  EXPECT_THAT(next_streams(10), ElementsAre(1, 1, 1, 2, 3, 1, 2));
}

TEST_F(SendQueueTest, StreamsTakeTurnsAfterEveryFragmentIfMessagesAreInterleaved) {
  queue_.set_interleaving(true);
  push(1, 250);
  push(2, 150);

  EXPECT_THAT(next_streams(10), ElementsAre(1, 2, 1, 2, 1));
}

TEST_F(SendQueueTest, OrderedAndUnorderedMessagesAreNumberedApart) {
  const MessageIndex a = push(1, 10);
  const MessageIndex b = push(1, 10, false);
  const MessageIndex c = push(1, 10);

  next_streams(3);

  EXPECT_EQ(store_[a].number, 0U);
  EXPECT_EQ(store_[b].number, 0U);
  EXPECT_EQ(store_[c].number, 1U);
}

TEST_F(SendQueueTest, DropsWhatHasExpiredUnsent) {
  push(1, 10, true, Instant{} + 1s);
  push(1, 20);

  ASSERT_TRUE(queue_.prepare(store_, Instant{} + 1s));

  EXPECT_EQ(queue_.cut(store_, 100).size, 20U);
  EXPECT_EQ(store_.size(), 1U);
}

TEST_F(SendQueueTest, CountsWhatWasNotSentAndTellsWhenItIsLow) {
  queue_.set_low_threshold(1, 60);
  push(1, 250);
  EXPECT_EQ(queue_.buffered_amount(1), 250U);

  next_streams(1);
  EXPECT_THAT(queue_.take_low_streams(), ElementsAre());
  next_streams(1);
  EXPECT_THAT(queue_.take_low_streams(), ElementsAre(1));
  next_streams(1);
  EXPECT_THAT(queue_.take_low_streams(), ElementsAre());
  EXPECT_EQ(queue_.buffered_amount(), 0U);
}

TEST_F(SendQueueTest, DiscardsTheRestOfAMessageWhoseTurnItIsNot) {
  queue_.set_interleaving(true);
  const MessageIndex first = push(1, 250);
  push(2, 150);
  push(3, 50);
  next_streams(2);

  queue_.discard_rest(store_, first);

  EXPECT_TRUE(store_[first].is_cut);
  EXPECT_EQ(queue_.buffered_amount(1), 0U);
  EXPECT_THAT(next_streams(10), testing::UnorderedElementsAre(2, 3));
}

TEST_F(SendQueueTest, AResetStreamCountsFromZero) {
  push(1, 10);
  push(2, 10);
  next_streams(2);
  queue_.begin_reset(1);
  queue_.begin_reset(2);
  EXPECT_TRUE(queue_.is_resetting(1));

  queue_.finish_reset(1, true);
  queue_.finish_reset(2, false);
  const MessageIndex a = push(1, 10);
  const MessageIndex b = push(2, 10);
  next_streams(2);

  EXPECT_EQ(store_[a].number, 0U);
  EXPECT_EQ(store_[b].number, 1U);
}

TEST_F(SendQueueTest, BeginsNoMoreLongMessagesThanThePeerCanHold) {
  queue_.set_interleaving(true);
  queue_.set_begun_bytes_max(4'000);
  push(1, 2'000);
  push(2, 2'000);
  push(3, 2'000);
  push(4, 100);

  EXPECT_THAT(next_streams(7), ElementsAre(1, 2, 4, 1, 2, 1, 2));
  next_streams(34);
  EXPECT_THAT(next_streams(100), testing::AllOf(testing::SizeIs(20), testing::Each(3)));
}

TEST_F(SendQueueTest, AMessageBeyondThatBoundGoesAlone) {
  queue_.set_interleaving(true);
  queue_.set_begun_bytes_max(4'000);
  push(1, 5'000);
  push(2, 5'000);

  EXPECT_THAT(next_streams(50), testing::Each(1));
  EXPECT_THAT(next_streams(100), testing::AllOf(testing::SizeIs(50), testing::Each(2)));
}

}  // namespace
}  // namespace pigeon::sctp
