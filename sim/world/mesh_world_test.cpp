#include "sim/world/mesh_world.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/server_message.hpp"

namespace pigeon::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two nodes that are linked.
class MeshWorldTest : public ::testing::Test {
 protected:
  MeshWorldTest() {
    alice_.connect();
    bob_.connect();
    world_.run_for(10s);
  }

  node::LinkId link_of_alice() { return world_.links().open_ends(alice_.owner()).at(0).link; }
  /// Bob gets something over the link that Alice's core has not sent.
  void send_as_alice(std::string text) {
    world_.links().send_text(alice_.owner(), link_of_alice(),
                             std::make_shared<const std::string>(std::move(text)));
    world_.run_for(1s);
  }
  static std::string forged() {
    return R"({"id":"00112233445566778899aabbccddeeff","type":"gossip","subtype":"chat",)"
           R"("content":"forged","from":"00112233445566778899aabbccddeeff00112233",)"
           R"("networkName":"global","timestamp":1700000000000,"ttl":40,)"
           R"("path":["ffeeddccbbaa99887766554433221100ffeeddcc"]})";
  }

  MeshWorld world_{MeshWorldOptions{}};
  MeshNode& alice_ = world_.add_node();
  MeshNode& bob_ = world_.add_node();
};

TEST_F(MeshWorldTest, FindsNothingWhereAllIsWell) {
  world_.broadcast(alice_);
  world_.run_for(30s);

  EXPECT_THAT(world_.findings().sentences(), IsEmpty());
}

TEST_F(MeshWorldTest, FindsAForgeryWhereNobodyLies) {
  send_as_alice(forged());

  EXPECT_THAT(world_.findings().sentences(), Contains(HasSubstr("and nobody lies")));
}

TEST_F(MeshWorldTest, ExpectsForgeriesOfLiars) {
  world_.expect_lies();

  send_as_alice(forged());

  EXPECT_GT(bob_.core().status().counters.forged, 0U);
  EXPECT_THAT(world_.findings().sentences(), IsEmpty());
}

TEST_F(MeshWorldTest, FindsAtTheNextStepThatANodeIsWrongAboutAChannel) {
  world_.links().close(alice_.owner(), link_of_alice());
  EXPECT_THAT(world_.findings().sentences(), IsEmpty());

  world_.broadcast(alice_);

  EXPECT_THAT(world_.findings().sentences(), Contains(HasSubstr("no channel is open")));
}

TEST(MeshWorldSignalsTest, SignalsOvertakeEachOtherAndNothingElseDoes) {
  MeshWorldOptions options;
  options.late_signal_percent = 50;
  MeshWorld world(options);
  const std::string id(40, 'a');
  const std::string offer = wire::encode(wire::RelayedSignal{
      .type = wire::SignalType::offer, .data = "{}", .from = id, .to = id, .network = "global"});
  const std::string discovered = wire::encode(
      wire::PeerDiscovered{.peer_id = id, .members = "", .to = id, .network = "global"});

  int late_count = 0;
  for (int i = 0; i < 100; ++i) {
    const Duration delay = world.hub_delay(offer);
    EXPECT_LE(delay, options.late_signal_max);
    if (delay > Duration::zero()) ++late_count;
    EXPECT_EQ(world.hub_delay(discovered), Duration::zero());
  }

  EXPECT_GT(late_count, 30);
  EXPECT_LT(late_count, 70);
}

}  // namespace
}  // namespace pigeon::sim
