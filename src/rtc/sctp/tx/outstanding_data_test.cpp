#include "rtc/sctp/tx/outstanding_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sctp {
namespace {

using testing::SizeIs;

constexpr std::size_t header = 16;

class OutstandingDataTest : public testing::Test {
 protected:
  /// Sends so many fragments of 100 bytes as messages of their own, or as one.
  void send(std::size_t count, OutgoingMessage message = {}, bool as_one = false) {
    for (std::size_t i = 0; i < (as_one ? 1 : count); ++i) {
      message.payload = Bytes(as_one ? 100 * count : 100);
      queue_.push(store_, store_.add(message));
    }
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(queue_.prepare(store_, now_));
      data_.add(store_, queue_.cut(store_, 100));
    }
  }
  OutstandingData::SackResult sack(Tsn cumulative, std::vector<GapBlock> gaps = {},
                                   bool in_recovery = false) {
    return data_.receive_sack(store_, queue_, cumulative,
                              ItemList<GapBlock>(std::span<const GapBlock>(gaps)), in_recovery, {},
                              now_);
  }
  std::optional<Tsn> resend() {
    const auto tsn = data_.next_lost(store_, queue_, now_);
    if (tsn) data_.resend(*tsn);
    return tsn;
  }

  Instant now_{};
  MessageStore store_;
  SendQueue queue_;
  OutstandingData data_{1'000, header};
};

TEST_F(OutstandingDataTest, FreesMessagesThatAreAcknowledgedAsAWhole) {
  send(3, {}, true);
  EXPECT_EQ(data_.flight(), 3 * (100 + header));

  EXPECT_EQ(sack(1'001).acked_bytes, 2 * (100 + header));
  EXPECT_EQ(store_.size(), 1U);
  EXPECT_TRUE(sack(1'002).advanced);

  EXPECT_EQ(store_.size(), 0U);
  EXPECT_EQ(data_.flight(), 0U);
  EXPECT_TRUE(data_.is_empty());
}

TEST_F(OutstandingDataTest, AShutdownTakesNothingBackThatGapBlocksHaveAcknowledged) {
  send(5);
  sack(999, {{2, 4}});
  const std::size_t flight = data_.flight();

  data_.receive_sack(store_, queue_, 999, std::nullopt, false, {}, now_);
  EXPECT_EQ(data_.flight(), flight);

  sack(999);
  EXPECT_EQ(data_.flight(), 5 * (100 + header));
}

TEST_F(OutstandingDataTest, RefusesSacksOfWhatWasNotSentOrGoingBack) {
  send(5);
  sack(1'001);

  EXPECT_EQ(sack(1'000).fault, SackFault::stale);
  EXPECT_EQ(sack(1'005).fault, SackFault::invalid);
  EXPECT_EQ(sack(1'001, {{2, 4}}).fault, SackFault::invalid);
  EXPECT_EQ(sack(1'001, {{3, 2}}).fault, SackFault::invalid);
  EXPECT_EQ(sack(1'001, {{0, 1}}).fault, SackFault::invalid);
  EXPECT_EQ(sack(1'001, {{2, 3}, {3, 3}}).fault, SackFault::invalid);
  EXPECT_EQ(data_.flight(), 3 * (100 + header));
}

TEST_F(OutstandingDataTest, AFragmentThatIsMissingThreeTimesIsLost) {
  send(10);

  EXPECT_FALSE(sack(999, {{2, 2}}).found_lost);
  EXPECT_FALSE(sack(999, {{2, 3}}).found_lost);
  EXPECT_FALSE(sack(999, {{2, 3}}).found_lost);  // Nothing newly acknowledged.
  EXPECT_TRUE(sack(999, {{2, 4}}).found_lost);

  EXPECT_EQ(resend(), 1'000U);
  EXPECT_EQ(resend(), std::nullopt);
}

TEST_F(OutstandingDataTest, ASackForManyPacketsCountsLikeManySacks) {
  data_.set_packet_size(100 + header);
  send(10);

  EXPECT_FALSE(sack(999, {{2, 3}}).found_lost);
  EXPECT_TRUE(sack(999, {{2, 4}}).found_lost);
  EXPECT_EQ(resend(), 1'000U);
  // Of 1'004 to 1'006 only the first has three behind it.
  EXPECT_TRUE(sack(1'003, {{2, 2}, {4, 4}, {6, 6}}).found_lost);
  EXPECT_EQ(resend(), 1'004U);
  EXPECT_EQ(resend(), std::nullopt);
}

TEST_F(OutstandingDataTest, WhatWasSentAgainIsLostAgainOnlyIfSomethingSentLaterArrives) {
  send(10);
  for (std::uint16_t last = 2; last <= 4; ++last) sack(999, {{2, last}});
  ASSERT_EQ(resend(), 1'000U);

  for (std::uint16_t last = 5; last <= 10; ++last) {
    EXPECT_FALSE(sack(999, {{2, last}}).found_lost);
  }
  send(3);
  EXPECT_FALSE(sack(999, {{2, 11}}).found_lost);
  EXPECT_FALSE(sack(999, {{2, 12}}).found_lost);
  EXPECT_TRUE(sack(999, {{2, 13}}).found_lost);
}

TEST_F(OutstandingDataTest, WhatThePeerHasDroppedIsInFlightAgain) {
  send(5);
  sack(999, {{2, 5}});
  EXPECT_EQ(data_.flight(), 100 + header);

  sack(999, {{2, 2}});

  EXPECT_EQ(data_.flight(), 4 * (100 + header));
  EXPECT_EQ(store_.size(), 5U);
}

TEST_F(OutstandingDataTest, ATimeoutLosesEverythingThatIsInFlight) {
  send(4);
  sack(999, {{3, 3}});

  data_.lose_all(store_, queue_, now_);

  EXPECT_EQ(data_.flight(), 0U);
  EXPECT_EQ(resend(), 1'000U);
  EXPECT_EQ(resend(), 1'001U);
  EXPECT_EQ(resend(), 1'003U);
  EXPECT_EQ(resend(), std::nullopt);
}

TEST_F(OutstandingDataTest, AMessageWithoutRetransmissionsIsGivenUpAsAWhole) {
  data_.set_partial_reliability(true);
  send(2);
  send(3, {.max_retransmits = 0, .stream = 5}, true);
  send(1);
  sack(1'001, {{2, 2}});

  data_.lose_all(store_, queue_, now_);

  // Nothing of it is sent again, though the peer has its middle.
  EXPECT_EQ(resend(), 1'005U);
  EXPECT_EQ(resend(), std::nullopt);
  std::vector<AbandonedStream> streams;
  EXPECT_EQ(data_.advanced_point(store_, 10, streams), 1'004U);
  ASSERT_THAT(streams, SizeIs(1));
  EXPECT_EQ(streams[0].stream, 5);
  sack(1'005);
  EXPECT_EQ(store_.size(), 0U);
}

TEST_F(OutstandingDataTest, TheEndOfAMessageThatWasNotCutGetsANumberToBeSkipped) {
  data_.set_partial_reliability(true);
  queue_.push(store_, store_.add({.payload = Bytes(500), .max_retransmits = 0}));
  ASSERT_TRUE(queue_.prepare(store_, now_));
  data_.add(store_, queue_.cut(store_, 100));

  data_.lose_all(store_, queue_, now_);

  EXPECT_TRUE(queue_.is_empty());
  EXPECT_EQ(data_.next(), 1'002U);
  std::vector<AbandonedStream> streams;
  EXPECT_EQ(data_.advanced_point(store_, 10, streams), 1'001U);
  EXPECT_EQ(data_.flight(), 0U);
}

TEST_F(OutstandingDataTest, SkipsOnlyAsManyStreamsAsFit) {
  data_.set_partial_reliability(true);
  for (StreamId stream = 0; stream < 5; ++stream) {
    send(1, {.max_retransmits = 0, .stream = stream});
  }
  data_.lose_all(store_, queue_, now_);
  std::vector<AbandonedStream> streams;

  EXPECT_EQ(data_.advanced_point(store_, 3, streams), 1'002U);
  EXPECT_THAT(streams, SizeIs(3));
}

TEST_F(OutstandingDataTest, NothingIsGivenUpIfThePeerDoesNotKnowHow) {
  send(1, {.expires = now_ + 1s, .max_retransmits = 0});
  now_ += 5s;

  data_.lose_all(store_, queue_, now_);

  EXPECT_EQ(resend(), 1'000U);
}

}  // namespace
}  // namespace pigeon::sctp
