#include "hub/accounts.hpp"

#include <array>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace pigeon::hub {
namespace {

Instant at(Duration time) { return Instant(time); }

/// Members of one namespace, with ascending ids.
class AccountsTest : public ::testing::Test {
 protected:
  Peer& add_member() {
    std::array<std::uint8_t, PeerId::byte_count> bytes{};
    bytes.front() = static_cast<std::uint8_t>(peers_.size());
    const TokenBucket bucket({.per_minute = 1, .burst = 1});
    peers_.push_back(std::make_unique<Peer>(ConnectionId{peers_.size()},
                                            wire::SpelledId{.id = PeerId(bytes)}, "10.0.0.1",
                                            bucket, bucket));
    enter(*peers_.back(), network_, at(0s));
    return *peers_.back();
  }
  const Network& network() const { return network_; }

 private:
  Network network_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

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
