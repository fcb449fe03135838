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

TEST(PortClaimTest, WildcardsOverlapWithAddresses) {
  // Ports of their own, as the addresses are real.
  const auto specific = PortClaim::take("127.0.0.1", 1);
  ASSERT_TRUE(specific);
  EXPECT_FALSE(PortClaim::take("0.0.0.0", 1));
  EXPECT_FALSE(PortClaim::take("::", 1));
  EXPECT_TRUE(PortClaim::take("::1", 1));
  EXPECT_TRUE(PortClaim::take("127.0.0.2", 1));
  EXPECT_TRUE(PortClaim::take("0.0.0.0", 2));

  const auto all = PortClaim::take("::", 3);
  ASSERT_TRUE(all);
  EXPECT_FALSE(PortClaim::take("192.0.2.1", 3));
  EXPECT_FALSE(PortClaim::take("2001:db8::1", 3));
}

TEST(PortClaimTest, ReleasesItWithItself) {
  auto first = PortClaim::take(address(), 3);
  ASSERT_TRUE(first);

  first.reset();

  EXPECT_TRUE(PortClaim::take(address(), 3));
}

TEST(PortClaimTest, TellsWhetherAnotherHasTakenOver) {
  auto first = PortClaim::take(address(), 5);
  auto specific = PortClaim::take("127.0.0.1", 6);
  ASSERT_TRUE(first && specific);
  EXPECT_FALSE(first->is_taken_over());

  first->release();
  specific->release();
  EXPECT_FALSE(first->is_taken_over());
  EXPECT_FALSE(specific->is_taken_over());

  const auto second = PortClaim::take(address(), 5);
  const auto all = PortClaim::take("0.0.0.0", 6);
  ASSERT_TRUE(second && all);
  EXPECT_TRUE(first->is_taken_over());
  EXPECT_TRUE(specific->is_taken_over());
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
