#include <cstdio>

#include <gtest/gtest.h>

#include "membership/mesh_model.hpp"

namespace pigeon::membership {
namespace {

TEST(MeshShapeTest, PeersThatAHubIntroducesFormOneMeshInWhichMessagesFindTheirWay) {
  MeshModel mesh({.count = 300});

  mesh.pass(90s);

  const MeshModel::Routing routing = mesh.route(4'000, Random::from_number(2));
  std::printf("greedy routing: %zu of %zu arrive, %.2f hops on average\n", routing.arrived,
              routing.tried,
              static_cast<double>(routing.hops) / static_cast<double>(routing.arrived));
  EXPECT_TRUE(mesh.is_consistent());
  EXPECT_EQ(mesh.largest_part(), mesh.size());
  EXPECT_GT(routing.arrived * 100, routing.tried * 95);
}

}  // namespace
}  // namespace pigeon::membership
