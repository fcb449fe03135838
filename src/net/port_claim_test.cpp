#include "net/port_claim.hpp"

#include <unistd.h>

#include <gtest/gtest.h>

namespace pigeon::net {
namespace {

// Not an address, so that no server can hold the claim; the number keeps runs apart.
std::string address() { return "test " + std::to_string(::getpid()); }

TEST(PortClaimTest, HoldsAPlaceOnce) {
  const auto first = PortClaim::take(address(), 1);

  EXPECT_TRUE(first);
  EXPECT_FALSE(PortClaim::take(address(), 1));
  EXPECT_TRUE(PortClaim::take(address(), 2));
  EXPECT_TRUE(PortClaim::take(address() + "x", 1));
}

TEST(PortClaimTest, ReleasesItWithItself) {
  auto first = PortClaim::take(address(), 3);
  ASSERT_TRUE(first);

  first.reset();

  EXPECT_TRUE(PortClaim::take(address(), 3));
}

TEST(PortClaimTest, KeepsItWhenMoved) {
  auto first = PortClaim::take(address(), 4);
  ASSERT_TRUE(first);

  const PortClaim moved = *std::move(first);
  first.reset();  // NOLINT(bugprone-use-after-move): what is tested

  EXPECT_FALSE(PortClaim::take(address(), 4));
}

}  // namespace
}  // namespace pigeon::net
