#include <string>

#include <sys/socket.h>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "base/time.hpp"
#include "runtime/admissions.hpp"
#include "runtime/answer_progress.hpp"
#include "runtime/byte_budget.hpp"
#include "runtime/connection_id.hpp"
#include "runtime/memory_keeper.hpp"
#include "runtime/refusals.hpp"

namespace pigeon::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

IpAddress address(const std::string& text) { return IpAddress::parse(text).value_or(IpAddress()); }

constexpr Instant now{};

Admissions admissions_with(const AdmissionLimits& limits) {
  return {limits, Random::from_number(1)};
}

TEST(AdmissionsTest, LimitsEachAddress) {
  using enum Admissions::Verdict;
  Admissions admissions = admissions_with({.connections_max = 10, .per_address_max = 2});
  const auto alice = address("192.0.2.1");
  const auto bob = address("192.0.2.2");

  EXPECT_EQ(admissions.enter(alice, now), admitted);
  EXPECT_EQ(admissions.enter(alice, now), admitted);
  EXPECT_EQ(admissions.enter(alice, now), too_many_of_address);
  EXPECT_EQ(admissions.enter(bob, now), admitted);
  admissions.leave(alice);
  EXPECT_EQ(admissions.enter(alice, now), admitted);
}

TEST(AdmissionsTest, LimitsAll) {
  using enum Admissions::Verdict;
  Admissions admissions = admissions_with({.connections_max = 2, .per_address_max = 2});
  EXPECT_EQ(admissions.enter(address("192.0.2.1"), now), admitted);
  EXPECT_EQ(admissions.enter(address("192.0.2.2"), now), admitted);

  EXPECT_EQ(admissions.enter(address("192.0.2.3"), now), too_many);

  admissions.leave(address("192.0.2.2"));
  EXPECT_EQ(admissions.enter(address("192.0.2.3"), now), admitted);
}

TEST(AdmissionsTest, CountsAddressesOfOneIpv6NetworkAsOne) {
  using enum Admissions::Verdict;
  Admissions admissions = admissions_with({.connections_max = 10, .per_address_max = 2});
  EXPECT_EQ(admissions.enter(address("2001:db8::1"), now), admitted);
  EXPECT_EQ(admissions.enter(address("2001:db8::2"), now), admitted);

  EXPECT_EQ(admissions.enter(address("2001:db8::3"), now), too_many_of_address);
  EXPECT_EQ(admissions.enter(address("2001:db8:0:1::1"), now), admitted);
  admissions.leave(address("2001:db8::1"));
  EXPECT_EQ(admissions.enter(address("2001:db8::3"), now), admitted);
}

TEST(AdmissionsTest, LimitsHowFastAnAddressConnects) {
  using enum Admissions::Verdict;
  Admissions admissions = admissions_with({.connections_max = 10,
                                           .per_address_max = 10,
                                           .connects_per_address = {.per_minute = 60, .burst = 2},
                                           .addresses_max = 10});
  const auto alice = address("2001:db8::1");
  EXPECT_EQ(admissions.enter(alice, now), admitted);
  EXPECT_EQ(admissions.enter(address("2001:db8::2"), now), admitted);
  admissions.leave(alice);

  EXPECT_EQ(admissions.enter(alice, now), too_often);
  EXPECT_EQ(admissions.enter(address("192.0.2.1"), now), admitted);
  EXPECT_EQ(admissions.enter(alice, now + 1s), admitted);
  EXPECT_EQ(admissions.enter(alice, now + 1s), too_often);
}

TEST(ByteBudgetTest, RefusesGrowthBeyondItsLimit) {
  ByteBudget budget(100);

  EXPECT_TRUE(budget.change(0, 60));
  EXPECT_TRUE(budget.change(0, 40));
  EXPECT_FALSE(budget.change(60, 61));
  EXPECT_EQ(budget.used(), 101U);
  EXPECT_TRUE(budget.change(61, 20));
  EXPECT_TRUE(budget.change(40, 80));
}

TEST(ByteBudgetTest, KeepsAPartForThoseWhoHoldLittle) {
  constexpr std::size_t large = ByteBudget::little + 1;
  ByteBudget budget(4 * large);
  EXPECT_TRUE(budget.change(0, 3 * large));

  EXPECT_FALSE(budget.change(0, large));
  EXPECT_TRUE(budget.change(large, 0));
  EXPECT_TRUE(budget.change(0, ByteBudget::little));
  EXPECT_FALSE(budget.change(0, 2));
}

TEST(AnswerProgressTest, CountsPartsAndNotBytes) {
  AnswerProgress progress;
  progress.begin(1'600);

  EXPECT_FALSE(progress.has_advanced(1'599));
  EXPECT_FALSE(progress.has_advanced(1'500));
  EXPECT_TRUE(progress.has_advanced(1'400));
  EXPECT_FALSE(progress.has_advanced(1'400));
  EXPECT_TRUE(progress.has_advanced(0));
}

TEST(AnswerProgressTest, GivesAReaderOfBytesSixteenTimes) {
  for (const std::size_t size : {1U, 5U, 16U, 17U, 1'000'000U}) {
    AnswerProgress progress;
    progress.begin(size);
    int times = 0;
    for (std::size_t left = size; left-- > 0;) times += progress.has_advanced(left) ? 1 : 0;

    EXPECT_GE(times, 1) << size;
    EXPECT_LE(times, 16) << size;
  }
}

TEST(ConnectionPlaceTest, IsKeptInTheId) {
  const ConnectionPlace place{.loop = 255, .slot = 0xffffff, .generation = 0xffffffff};
  const ConnectionPlace other{.loop = 1, .slot = 2, .generation = 3};

  EXPECT_EQ(ConnectionPlace::of(place.id()).loop, 255);
  EXPECT_EQ(ConnectionPlace::of(other.id()).loop, 1);
  EXPECT_EQ(ConnectionPlace::of(other.id()).slot, 2U);
  EXPECT_EQ(ConnectionPlace::of(other.id()).generation, 3U);
  EXPECT_NE(place.id(), other.id());
}

TEST(RefusalCountsTest, ReportsEachRefusalOnce) {
  RefusalCounts counts;
  counts.add(Refused::head_bytes);
  counts.add(Refused::buffered_bytes);
  counts.add(Refused::head_bytes);

  EXPECT_THAT(counts.take(), ElementsAre(Pair("head_bytes", 2), Pair("buffered_bytes", 1)));
  EXPECT_THAT(counts.take(), IsEmpty());
}

TEST(MemoryKeeperTest, TrimsAfterAFloodOfBytes) {
  MemoryKeeper keeper;
  EXPECT_FALSE(keeper.should_trim(100'000'000, 0));
  EXPECT_FALSE(keeper.should_trim(90'000'000, 0));

  EXPECT_TRUE(keeper.should_trim(1'000, 0));
  EXPECT_FALSE(keeper.should_trim(1'000, 0));
}

TEST(MemoryKeeperTest, TrimsWhenConnectionsHaveCalmedDown) {
  MemoryKeeper keeper;
  EXPECT_FALSE(keeper.should_trim(0, 10'000));
  EXPECT_FALSE(keeper.should_trim(0, 20'000));

  EXPECT_TRUE(keeper.should_trim(0, 20'010));
  EXPECT_FALSE(keeper.should_trim(0, 20'010));
}

}  // namespace
}  // namespace pigeon::runtime
