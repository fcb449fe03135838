#include <gtest/gtest.h>

#include "membership/membership_testing.hpp"

namespace pigeon::membership {
namespace {

/// Does anything to a peer in any order, as hostile hubs and neighbors may.
class Disorder {
 public:
  explicit Disorder(std::uint64_t seed)
      : random_(Random::from_number(seed)), peer_(great_self, options(), seed) {}

  void step() {
    const PeerId peer = peer_id(static_cast<std::uint8_t>(random_.below(256)),
                                static_cast<std::uint8_t>(random_.below(2)));
    Membership& membership = peer_.membership;
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
        peer_.discover(peer, random_.chance(1, 2));
        break;
      case 3:
        peer_.offer(peer, random_.chance(1, 2));
        break;
      case 4:
      case 5:
        if (random_.chance(1, 8) || is_attempt(peer)) membership.link_opened(peer, peer_.now);
        break;
      case 6:
        peer_.lose(peer, static_cast<LossReason>(random_.below(5)));
        break;
      case 7:
        membership.forget(peer);
        membership.note_capable(peer);
        membership.note_verified(peer);
        break;
      case 8:
        membership.call(peer, peer_.now);
        break;
      default:
        if (random_.chance(1, 50)) peer_.set_links_max(random_.below(20));
        peer_.now.monotonic += Duration(random_.below(3'000'000));
    }
    check();
  }

 private:
  static MembershipOptions options() {
    MembershipOptions options;
    options.discovered_max = 40;
    return options;
  }

  bool is_attempt(const PeerId& peer) const {
    const auto state = peer_.state(peer);
    return state == Membership::State::calling || state == Membership::State::answering;
  }

  void check() {
    Membership& membership = peer_.membership;
    for (const PeerId& called : peer_.calls()) {
      ASSERT_NE(called, great_self);
      const auto state = peer_.state(called);
      ASSERT_TRUE(state == Membership::State::calling || state == Membership::State::discovered);
    }
    ASSERT_LE(membership.occupied_count(), membership.links_max());
    ASSERT_GT(membership.next_timeout(), peer_.now.monotonic);
    std::size_t linked = 0;
    std::size_t occupied = 0;
    const auto peers = membership.peers();
    for (const auto& one : peers) {
      if (one.state == Membership::State::linked) ++linked;
      if (one.state != Membership::State::discovered) ++occupied;
    }
    ASSERT_EQ(linked, membership.linked_count());
    ASSERT_EQ(occupied, membership.occupied_count());
    ASSERT_LE(peers.size() - occupied, options().discovered_max);
  }

  Random random_;
  MembershipUnderTest peer_;
};

TEST(MembershipRandomTest, KeepsItsBoundsWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Disorder disorder(seed);
    for (int i = 0; i < 3'000 && !testing::Test::HasFatalFailure(); ++i) disorder.step();
  }
}

}  // namespace
}  // namespace pigeon::membership
