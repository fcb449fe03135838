#include "sim/scenarios/rtc_pair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RtcPairTest, EverythingArrivesOverAGoodPath) {
  const RtcPairOutcome outcome = run_rtc_pair({});

  EXPECT_TRUE(outcome.complete);
  EXPECT_FALSE(outcome.failed);
  EXPECT_THAT(outcome.violations, IsEmpty());
  EXPECT_EQ(outcome.received_messages, 160U);
}

TEST(RtcPairTest, EverySeedKeepsItsPromises) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const RtcPairOptions options = random_rtc_pair(seed);
    EXPECT_THAT(run_rtc_pair(options).violations, IsEmpty())
        << to_text(options) << "\nRun it again: build/release/bin/rtc_sim --seed " << seed;
  }
}

TEST(RtcPairTest, TheSameSeedIsTheSameRun) {
  EXPECT_EQ(run_rtc_pair(random_rtc_pair(5)).trace, run_rtc_pair(random_rtc_pair(5)).trace);
  EXPECT_NE(run_rtc_pair(random_rtc_pair(5)).trace, run_rtc_pair(random_rtc_pair(7)).trace);
}

TEST(RtcPairTest, MeetsThroughEveryPairOfNatsThatLetsItself) {
  constexpr std::array<NatKind, 4> kinds = {NatKind::full_cone, NatKind::restricted_cone,
                                            NatKind::port_restricted_cone, NatKind::symmetric};
  for (const NatKind first : kinds) {
    for (const NatKind second : kinds) {
      RtcPairOptions options;
      options.nats = {first, second};
      options.meeting.message_count = 2;
      const RtcPairOutcome outcome = run_rtc_pair(options);

      // Without a relay, a port that only one destination knows cannot be guessed by a side that
      // lets only known ports in (RFC 5128 section 3.3).
      const auto is_strict = [](NatKind kind) {
        return kind == NatKind::symmetric || kind == NatKind::port_restricted_cone;
      };
      const bool is_hopeless = (first == NatKind::symmetric && is_strict(second)) ||
                               (second == NatKind::symmetric && is_strict(first));
      EXPECT_EQ(outcome.complete, !is_hopeless) << to_text(options);
      EXPECT_EQ(outcome.failed, is_hopeless) << to_text(options);
      EXPECT_THAT(outcome.violations, IsEmpty()) << to_text(options);
    }
  }
}

TEST(RtcPairTest, ACrowdMeetsInPairs) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    RtcCrowdOptions options;
    options.seed = seed;
    options.path.loss = 200;
    const RtcCrowdOutcome outcome = run_rtc_crowd(options);

    EXPECT_EQ(outcome.meetings.size(), 15U);
    for (const RtcMeetingOutcome& meeting : outcome.meetings) {
      EXPECT_THAT(meeting.violations, IsEmpty()) << seed;
      EXPECT_TRUE(meeting.complete || meeting.failed) << seed;
    }
  }
}

TEST(RtcPairTest, GoesOnAfterAHostHasMoved) {
  RtcPairOptions options;
  options.move_after = 700ms;

  const RtcPairOutcome outcome = run_rtc_pair(options);

  EXPECT_TRUE(outcome.complete) << outcome.reason;
  EXPECT_THAT(outcome.violations, IsEmpty());
}

TEST(RtcPairTest, SurvivesARebindingNat) {
  RtcPairOptions options;
  options.nats = {NatKind::port_restricted_cone, std::nullopt};
  options.rebind_after = 800ms;

  const RtcPairOutcome outcome = run_rtc_pair(options);

  EXPECT_TRUE(outcome.complete) << outcome.reason;
  EXPECT_THAT(outcome.violations, IsEmpty());
}

TEST(RtcPairTest, ReportsACutPathInBoundedTime) {
  RtcPairOptions options;
  options.cut_after = 500ms;

  const RtcPairOutcome outcome = run_rtc_pair(options);

  EXPECT_TRUE(outcome.failed);
  EXPECT_THAT(outcome.reason, HasSubstr("path"));
  EXPECT_LT(outcome.finished_after, 40s);
}

TEST(RtcPairTest, GetsThroughWithTheDatagramsThatEveryPathTakes) {
  RtcPairOptions options;
  options.path.datagram_size_max = 1'200;

  const RtcPairOutcome outcome = run_rtc_pair(options);

  EXPECT_TRUE(outcome.complete) << outcome.reason;
  EXPECT_GT(outcome.network.too_large, 0U) << "nobody tried longer ones";
  EXPECT_THAT(outcome.violations, IsEmpty());
}

TEST(RtcPairTest, ReportsAPathThatTakesLess) {
  RtcPairOptions options;
  options.path.datagram_size_max = 1'000;

  const RtcPairOutcome outcome = run_rtc_pair(options);

  EXPECT_TRUE(outcome.failed);
  EXPECT_THAT(outcome.reason, HasSubstr("path"));
  EXPECT_THAT(outcome.violations, IsEmpty());
}

}  // namespace
}  // namespace pigeon::sim
