#include "membership/redundancy.hpp"

#include <gmock/gmock.h>

#include "membership/membership_testing.hpp"

namespace pigeon::membership {
namespace {

/// Links by the first two bytes of the id, seen from `great_self`.
class Links {
 public:
  Link& add(std::uint8_t first, std::uint8_t second = 1) {
    const PeerId peer = peer_id(first, second);
    return table.add({.spelled = {peer, 0},
                      .state = LinkState::linked,
                      .is_capable = true,
                      .bucket = common_prefix_bits(great_self, peer),
                      .since = Instant{} + 1s});
  }
  std::optional<PeerId> redundant(const MembershipOptions& options = {}) const {
    return most_redundant_link(table, Coverage(table), options);
  }
  std::optional<PeerId> dispensable(const MembershipOptions& options = {}) const {
    return most_dispensable_link(table, Coverage(table), options);
  }

  LinkTable table;
};

TEST(RedundancyTest, TheOnlyLinkOfABucketIsNotRedundant) {
  Links links;
  links.add(0x10);
  links.add(0x90);

  EXPECT_EQ(links.redundant(), std::nullopt);
  EXPECT_EQ(links.dispensable(), peer_id(0x10));
}

TEST(RedundancyTest, NeitherIsTheOnlyOneOfABucketToAPeerOfThisProject) {
  Links links;
  links.add(0x10);
  links.add(0x11).is_capable = false;

  EXPECT_EQ(links.redundant(), peer_id(0x11));
}

TEST(RedundancyTest, AttemptsDoNotCount) {
  Links links;
  links.add(0x10);
  Link& attempt = links.add(0x11);
  links.table.set_state(attempt, LinkState::answering, Instant{} + 1s);

  EXPECT_EQ(links.redundant(), std::nullopt);
}

TEST(RedundancyTest, TheBucketWithMostLinksGivesFirst) {
  Links links;
  links.add(0x10, 1);
  links.add(0x10, 2);
  for (std::uint8_t i = 1; i < 4; ++i) links.add(0x90, i);

  EXPECT_EQ(common_prefix_bits(*links.redundant(), great_self), 1U);
}

TEST(RedundancyTest, OfEqualBucketsTheFarthestGives) {
  Links links;
  for (std::uint8_t i = 1; i < 3; ++i) {
    links.add(0x90, i);
    links.add(0x10, i);
    links.add(0xd0, i);
  }

  EXPECT_EQ(common_prefix_bits(*links.redundant(), great_self), 0U);
}

TEST(RedundancyTest, PeersOfUpstreamStayLonger) {
  Links links;
  for (std::uint8_t i = 1; i < 6; ++i) links.add(0x10, i).is_capable = false;
  links.add(0x90, 1);
  links.add(0x90, 2);

  EXPECT_EQ(common_prefix_bits(*links.redundant(), great_self), 1U);
}

TEST(RedundancyTest, VerifiedPeersStayLongerIfThatIsWanted) {
  Links links;
  links.add(0x10, 1).is_verified = true;
  links.add(0x10, 2).is_verified = true;
  links.add(0xd0, 1).is_verified = true;
  links.add(0xd0, 2);

  EXPECT_EQ(links.redundant({.prefers_verified = true}), peer_id(0xd0, 2));
  EXPECT_EQ(common_prefix_bits(*links.redundant(), great_self), 0U);
}

TEST(RedundancyTest, LinksThatWeWantedGiveBeforeThoseThatOthersWanted) {
  Links links;
  links.add(0x10, 1).since = Instant{} + 9s;
  links.add(0x10, 2).is_own_call = true;

  EXPECT_EQ(links.redundant(), peer_id(0x10, 2));
}

TEST(RedundancyTest, WhatHasLastedStays) {
  Links links;
  links.add(0x10, 1);
  links.add(0x10, 2).since = Instant{} + 9s;
  links.add(0x10, 3);

  EXPECT_EQ(links.redundant(), peer_id(0x10, 2));
}

TEST(RedundancyTest, WithoutDistancesNothingIsRedundant) {
  Links links;
  links.add(0x10, 1);
  links.add(0x10, 2).since = Instant{} + 9s;

  EXPECT_EQ(links.redundant({.uses_distance = false}), std::nullopt);
  EXPECT_EQ(links.dispensable({.uses_distance = false}), peer_id(0x10, 2));
}

}  // namespace
}  // namespace pigeon::membership
