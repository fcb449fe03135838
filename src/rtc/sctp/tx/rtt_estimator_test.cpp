#include "rtc/sctp/tx/rtt_estimator.hpp"

#include <gtest/gtest.h>

namespace pigeon::sctp {
namespace {

TEST(RttEstimatorTest, BeginsWithTheInitialTimeout) {
  const RttEstimator estimator({});

  EXPECT_EQ(estimator.rto(), 500ms);
  EXPECT_FALSE(estimator.smoothed());
}

TEST(RttEstimatorTest, FollowsTheFormulasOfTheRfc) {
  RttEstimator estimator({.min = 1ms});

  estimator.measure(200ms);
  EXPECT_EQ(estimator.smoothed(), 200ms);
  EXPECT_EQ(estimator.rto(), 600ms);

  estimator.measure(280ms);
  EXPECT_EQ(estimator.smoothed(), 210ms);
  // The variation is 3/4 of 100 ms and 1/4 of 80 ms.
  EXPECT_EQ(estimator.rto(), 590ms);
}

TEST(RttEstimatorTest, StaysWithinItsBounds) {
  RttEstimator estimator({});

  estimator.measure(0ms);
  EXPECT_EQ(estimator.rto(), 400ms);
  for (int i = 0; i < 20; ++i) estimator.back_off();
  EXPECT_EQ(estimator.rto(), 10s);
}

TEST(RttEstimatorTest, ASteadyRoundTripNeverLooksLikeALossForADelayedAcknowledgement) {
  RttEstimator estimator({});

  for (int i = 0; i < 100; ++i) estimator.measure(50ms);

  EXPECT_GT(estimator.rto(), 50ms + 200ms);
}

TEST(RttProbeTest, TimesOneChunkAtATimeAndNoneThatWasSentAgain) {
  RttProbe probe;
  const Instant start{};

  probe.sent(7, start);
  probe.sent(8, start + 1s);
  EXPECT_EQ(probe.tsn(), 7U);
  EXPECT_EQ(probe.finish(start + 3s), 3s);

  probe.sent(9, start);
  probe.sent_again(10);
  EXPECT_EQ(probe.tsn(), 9U);
  probe.sent_again(9);
  EXPECT_FALSE(probe.tsn());
}

}  // namespace
}  // namespace pigeon::sctp
