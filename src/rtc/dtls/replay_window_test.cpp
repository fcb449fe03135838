#include "rtc/dtls/replay_window.hpp"

#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon::dtls {
namespace {

TEST(ReplayWindowTest, TakesEachNumberOnce) {
  ReplayWindow window;

  EXPECT_TRUE(window.is_fresh(0));
  window.accept(0);
  EXPECT_FALSE(window.is_fresh(0));
  EXPECT_TRUE(window.is_fresh(1));
  window.accept(700);
  EXPECT_TRUE(window.is_fresh(1));
  window.accept(1);
  EXPECT_FALSE(window.is_fresh(1));
  EXPECT_FALSE(window.is_fresh(700));
}

TEST(ReplayWindowTest, RefusesWhatIsTooOldToKnow) {
  ReplayWindow window;

  window.accept(1'000'000);

  EXPECT_FALSE(window.is_fresh(1'000'000 - 960));
  EXPECT_TRUE(window.is_fresh(1'000'000 - 959));
}

TEST(ReplayWindowTest, AgreesWithASetInAnyOrder) {
  Random random = Random::from_number(1);
  ReplayWindow window;
  std::set<std::uint64_t> seen;
  std::uint64_t newest = 0;

  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t back = random.below(900);
    const std::uint64_t base = newest + random.below(i % 100 == 0 ? 5'000 : 4);
    const std::uint64_t sequence = base > back ? base - back : base;
    if (sequence + 900 < newest) continue;
    ASSERT_EQ(window.is_fresh(sequence), !seen.contains(sequence)) << sequence << ' ' << newest;
    if (!window.is_fresh(sequence)) continue;
    window.accept(sequence);
    seen.insert(sequence);
    newest = std::max(newest, sequence);
  }
}

}  // namespace
}  // namespace pigeon::dtls
