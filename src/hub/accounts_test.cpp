#include "hub/accounts.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "hub/network_testing.hpp"

namespace pigeon::hub {
namespace {

class AccountsTest : public ::testing::Test, protected NetworkUnderTest {};

Instant at(Duration time) { return Instant(time); }

TEST_F(AccountsTest, ForgetsTheAcquaintanceOfLongestStanding) {
  Peer& owner = add_member();
  std::vector<Peer*> others;
  while (others.size() < known_links_max) {
    others.push_back(&add_member());
    set_link(owner, *others.back(), LinkState::known, at(Duration(others.size())));
  }
  // What stands first was renewed last.
  set_link(owner, *others[0], LinkState::known, at(1s));

  Peer& newcomer = add_member();
  set_link(owner, newcomer, LinkState::known, at(2s));

  EXPECT_EQ(owner.links.size(), known_links_max);
  EXPECT_NE(owner.find_link(*others[0]), nullptr);
  EXPECT_NE(owner.find_link(newcomer), nullptr);
  EXPECT_EQ(owner.find_link(*others[1]), nullptr);
  EXPECT_EQ(others[1]->find_link(owner), nullptr);
}

TEST_F(AccountsTest, CountsMembersAndAnsweredLinks) {
  Peer& a = add_member();
  Peer& b = add_member();
  Peer& c = add_member();

  set_link(a, b, LinkState::answered, at(0s));
  set_link(b, c, LinkState::answered, at(0s));
  set_link(a, c, LinkState::offered, at(0s));
  EXPECT_EQ(network().answered_ends, 4U);
  set_link(a, b, LinkState::known, at(1s));
  EXPECT_EQ(network().answered_ends, 2U);

  EXPECT_EQ(networks().member_count(), 3U);
  leave(c, networks());
  EXPECT_EQ(network().answered_ends, 0U);
  EXPECT_EQ(networks().member_count(), 2U);
}

}  // namespace
}  // namespace pigeon::hub
