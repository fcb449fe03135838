#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/hub_test.hpp"

// Who learns of whom.

namespace pigeon::test {
namespace {

class IntroductionTest : public HubTest {
 protected:
  using Peers = std::vector<std::unique_ptr<PeerClient>>;

  void join(Peers& peers, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      peers.push_back(std::make_unique<PeerClient>(port(), make_id(peers.size())));
      peers.back()->announce();
    }
  }
};

TEST_F(IntroductionTest, InASmallNamespaceEverybodyLearnsOfEverybody) {
  start();
  Peers peers;

  join(peers, 8);

  for (const auto& peer : peers) {
    for (const auto& other : peers) {
      if (peer != other) peer->expect_about("peer-discovered", other->id());
    }
  }
}

TEST_F(IntroductionTest, AJoinInALargeNamespaceCostsAFewMessages) {
  start();
  constexpr std::size_t count = 100;
  constexpr std::size_t per_join_max = 24;
  Peers peers;

  for (std::size_t i = 0; i < count; ++i) {
    join(peers, 1);
    peers.back()->sync();
    EXPECT_LE(peers.back()->count("peer-discovered"), per_join_max) << i;
  }
  // Everybody has heard of somebody when both notices of each pair are out.
  for (const auto& peer : peers) peer->expect("peer-discovered");
  std::size_t notices = count;
  for (const auto& peer : peers) {
    peer->sync();
    notices += peer->count("peer-discovered");
  }

  EXPECT_LE(notices, 2 * per_join_max * count);
}

TEST_F(IntroductionTest, OnlyThoseWhoWereToldHearOfADeparture) {
  start();
  Peers peers;
  join(peers, 60);
  const std::string leaver = peers.back()->id();
  const auto count_about_leaver = [&](const PeerClient::Inbox& inbox, std::string_view type) {
    return std::count_if(inbox.begin(), inbox.end(), [&](const json::object& message) {
      return text_at(message, "type") == type && subject_of(message) == leaver;
    });
  };
  const auto knows_leaver = [&](const auto& peer) {
    peer->sync();
    return peer->id() != leaver && count_about_leaver(peer->inbox(), "peer-discovered") > 0;
  };
  const auto witness = std::find_if(peers.begin(), peers.end(), knows_leaver);
  ASSERT_NE(witness, peers.end());
  PeerClient& first = **witness;

  peers.pop_back();
  first.inbox().push_back(first.expect_about("peer-disconnected", leaver));
  std::ptrdiff_t heard = 0;
  for (const auto& peer : peers) {
    peer->sync();
    const bool was_told = count_about_leaver(peer->inbox(), "peer-discovered") > 0;
    EXPECT_EQ(count_about_leaver(peer->inbox(), "peer-disconnected"), was_told ? 1 : 0);
    heard += was_told ? 1 : 0;
  }

  EXPECT_LE(heard, 48);
}

}  // namespace
}  // namespace pigeon::test
