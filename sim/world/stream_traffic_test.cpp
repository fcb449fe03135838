#include "sim/world/stream_traffic.hpp"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t stream_bytes = 1'000'000;

/// Two nodes that are linked.
class StreamTrafficTest : public ::testing::Test {
 protected:
  StreamTrafficTest() {
    alice_.connect();
    bob_.connect();
    world_.run_for(10s);
  }

  static MeshWorldOptions options() {
    MeshWorldOptions options;
    options.links.bandwidth = 200'000;
    return options;
  }
  node::LinkId link_of_alice() { return world_.links().open_ends(alice_.owner()).at(0).link; }
  const std::vector<std::string>& findings() { return world_.findings().sentences(); }

  MeshWorld world_{options()};
  MeshNode& alice_ = world_.add_node();
  MeshNode& bob_ = world_.add_node();
};

TEST_F(StreamTrafficTest, BringsAStreamAndAMessage) {
  StreamTraffic traffic(world_);

  const auto stream = traffic.send_stream(alice_, bob_.id(), stream_bytes);
  traffic.send_binary(bob_, alice_.id(), 10'000);
  world_.run_for(10s);
  traffic.check_end();

  EXPECT_TRUE(traffic.is_complete(stream));
  EXPECT_TRUE(traffic.is_all_complete());
  EXPECT_EQ(traffic.binary_count(), 1U);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(StreamTrafficTest, GoesOnWhereABrokenLinkHasStoppedIt) {
  StreamTraffic traffic(world_);
  const auto stream = traffic.send_stream(alice_, bob_.id(), stream_bytes);
  world_.run_for(2s);
  world_.links().break_link(alice_.owner(), link_of_alice());

  for (int i = 0; i < 60; ++i) {
    world_.run_for(1s);
    traffic.resume();
  }
  traffic.check_end();

  EXPECT_TRUE(traffic.is_complete(stream));
  EXPECT_EQ(traffic.resumed_count(), 1U);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(StreamTrafficTest, FindsAStreamThatHasNotArrived) {
  StreamTraffic traffic(world_);
  traffic.send_stream(alice_, bob_.id(), stream_bytes);
  world_.run_for(1s);

  traffic.check_end();

  EXPECT_THAT(findings(), Contains(HasSubstr("stream 0 has brought")));
  EXPECT_THAT(findings(), Contains(HasSubstr("stream 0 has no end here")));
}

TEST_F(StreamTrafficTest, AStreamThatIsGivenUpEndsOnBothSides) {
  StreamTraffic traffic(world_);
  Random random = Random::from_number(1);
  const auto stream = traffic.send_stream(alice_, bob_.id(), stream_bytes);
  world_.run_for(1s);

  traffic.give_up_some_stream(random);
  world_.run_for(5s);
  traffic.check_end();

  EXPECT_FALSE(traffic.is_complete(stream));
  EXPECT_TRUE(traffic.is_all_complete());
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(StreamTrafficTest, FindsAMessageThatNobodyHasSent) {
  StreamTraffic traffic(world_);

  world_.links().send_text(
      alice_.owner(), link_of_alice(),
      std::make_shared<const std::string>(R"({"type":"__BINARY__","size":9})"));
  world_.links().send_binary(alice_.owner(), link_of_alice(), Bytes(9, 1));
  world_.run_for(1s);

  EXPECT_THAT(findings(), Contains(HasSubstr("gets a binary message that nobody has sent so")));
}

}  // namespace
}  // namespace pigeon::sim
