#include "rtc/sctp/tx/congestion_control.hpp"

#include <gtest/gtest.h>

namespace pigeon::sctp {
namespace {

constexpr std::size_t packet = 1'000;

CongestionControl::Acked full(const CongestionControl& control, std::size_t bytes, Tsn cumulative) {
  return {.bytes = bytes,
          .flight_before = control.window(),
          .advanced = true,
          .cumulative = cumulative};
}

TEST(CongestionControlTest, BeginsWithTenPackets) {
  const CongestionControl control({}, packet);

  EXPECT_EQ(control.window(), 10 * packet);
  EXPECT_TRUE(control.may_send(10 * packet - 1));
  EXPECT_FALSE(control.may_send(10 * packet));
}

TEST(CongestionControlTest, SlowStartGrowsByWhatWasAcknowledgedUpToTwoPackets) {
  CongestionControl control({}, packet);

  control.acked(full(control, 500, 1));
  EXPECT_EQ(control.window(), 10'500U);
  control.acked(full(control, 5'000, 2));
  EXPECT_EQ(control.window(), 12'500U);
}

TEST(CongestionControlTest, DoesNotGrowWhenItIsNotTheLimit) {
  CongestionControl control({}, packet);

  control.acked({.bytes = 1'000, .flight_before = 1'000, .advanced = true, .cumulative = 1});

  EXPECT_EQ(control.window(), 10 * packet);
}

TEST(CongestionControlTest, ALossHalvesTheWindowOnceUntilEverythingSentThenIsAcknowledged) {
  CongestionControl control({}, packet);

  EXPECT_TRUE(control.lost(100));
  EXPECT_EQ(control.window(), 5 * packet);
  EXPECT_FALSE(control.lost(120));
  control.acked(full(control, 2'000, 99));
  EXPECT_EQ(control.window(), 5 * packet);
  EXPECT_TRUE(control.in_fast_recovery());

  control.acked(full(control, 2'000, 100));

  EXPECT_FALSE(control.in_fast_recovery());
  EXPECT_TRUE(control.lost(150));
  EXPECT_EQ(control.window(), 4 * packet);
}

TEST(CongestionControlTest, AvoidanceGrowsByAPacketForAWindowOfAcknowledgements) {
  CongestionControl control({}, packet);
  control.lost(10);
  // Above the threshold from here on.
  control.acked(full(control, 2'000, 10));
  const std::size_t window = control.window();

  for (Tsn tsn = 11; control.window() == window; ++tsn) {
    ASSERT_LT(tsn, 40U);
    control.acked(full(control, packet, tsn));
  }

  EXPECT_LE(control.window(), window + 2 * packet);
}

TEST(CongestionControlTest, ATimeoutLeavesOnePacket) {
  CongestionControl control({}, packet);

  control.timed_out();

  EXPECT_EQ(control.window(), packet);
  EXPECT_EQ(control.threshold(), 5 * packet);
}

TEST(CongestionControlTest, BurstsAreBoundedIfAsked) {
  CongestionControl control({.burst_packets_max = 4}, packet);

  control.limit_burst(1'000);

  EXPECT_EQ(control.window(), 5 * packet);
}

}  // namespace
}  // namespace pigeon::sctp
