#include "hub/counters.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.hpp"

namespace pigeon::hub {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(CountersTest, EveryRefusalHasItsOwnName) {
  using enum Refusal;

  EXPECT_EQ(to_text(invalid_id), "invalid_id");
  EXPECT_EQ(to_text(unknown_target), "unknown_target");
  EXPECT_EQ(to_text(foreign_namespace), "foreign_namespace");
  EXPECT_EQ(to_text(withheld_offer), "withheld_offer");
  EXPECT_EQ(to_text(withheld_rejection), "withheld_rejection");
  EXPECT_EQ(to_text(held_overflow), "held_overflow");
}

TEST(CountersTest, EveryKindOfMessageHasItsOwnName) {
  using enum MessageKind;

  EXPECT_EQ(to_text(offer), "offer");
  EXPECT_EQ(to_text(recovery_offer), "recovery-offer");
  EXPECT_EQ(to_text(announce), "announce");
  EXPECT_EQ(to_text(error), "error");
  EXPECT_EQ(to_text(other), "other");
}

TEST(CountersTest, ReportsSayWhatWasWithheld) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  const auto b = hub.join(bob);
  hub.signal(b, "offer", alice);
  hub.signal(a, "offer", bob);
  hub.signal(b, "connection-rejected", alice, R"({"reason":"initiator_role_conflict"})");

  EXPECT_THAT(hub.get("/metrics").body,
              AllOf(HasSubstr("pigeonhub_refused_total{reason=\"withheld_offer\"} 1\n"),
                    HasSubstr("pigeonhub_refused_total{reason=\"withheld_rejection\"} 1\n"),
                    HasSubstr("pigeonhub_refused_total{reason=\"held_overflow\"} 0\n")));
  EXPECT_THAT(hub.get("/status.json").body,
              HasSubstr(R"("refused":[{"reason":"withheld_offer","count":1},)"
                        R"({"reason":"withheld_rejection","count":1}])"));
}

}  // namespace
}  // namespace pigeon::hub
