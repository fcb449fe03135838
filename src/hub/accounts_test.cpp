#include "hub/accounts.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "hub/network_testing.hpp"

namespace pigeon::hub {
namespace {

using AccountsTest = NetworkTest;

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

}  // namespace
}  // namespace pigeon::hub
