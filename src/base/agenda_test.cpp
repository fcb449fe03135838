#include "base/agenda.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

using ::testing::ElementsAre;

constexpr Instant at(Duration time) { return Instant(time); }

template <class Key>
std::vector<Key> pop_all(Agenda<Key>& agenda, Instant now) {
  std::vector<Key> keys;
  while (auto key = agenda.pop_due(now)) keys.push_back(*std::move(key));
  return keys;
}

TEST(AgendaTest, AnEmptyOneNeverWantsAttention) {
  Agenda<int> agenda;

  EXPECT_EQ(agenda.next(), Instant::max());
  EXPECT_FALSE(agenda.pop_due(Instant::max()).has_value());
}

TEST(AgendaTest, GivesOutWhatIsDueInTheOrderOfTime) {
  Agenda<int> agenda;
  agenda.schedule(at(3s), 3);
  agenda.schedule(at(1s), 1);
  agenda.schedule(at(2s), 2);
  EXPECT_EQ(agenda.next(), at(1s));

  EXPECT_FALSE(agenda.pop_due(at(1s) - 1us).has_value());
  EXPECT_THAT(pop_all(agenda, at(2s)), ElementsAre(1, 2));

  EXPECT_EQ(agenda.next(), at(3s));
  EXPECT_THAT(pop_all(agenda, at(9s)), ElementsAre(3));
  EXPECT_EQ(agenda.next(), Instant::max());
}

TEST(AgendaTest, EqualInstantsComeInTheOrderOfScheduling) {
  Agenda<int> agenda;
  std::vector<int> expected;
  for (int i = 0; i < 100; ++i) {
    agenda.schedule(at(1s), i);
    expected.push_back(i);
  }

  EXPECT_EQ(pop_all(agenda, at(1s)), expected);
}

TEST(AgendaTest, AKeyMayWantAttentionTwice) {
  Agenda<int> agenda;
  agenda.schedule(at(2s), 7);
  agenda.schedule(at(1s), 7);

  EXPECT_THAT(pop_all(agenda, at(2s)), ElementsAre(7, 7));
}

TEST(AgendaTest, KeysAreMovedThrough) {
  Agenda<std::unique_ptr<int>> agenda;
  agenda.schedule(at(2s), std::make_unique<int>(2));
  agenda.schedule(at(1s), std::make_unique<int>(1));

  const auto first = agenda.pop_due(at(1s));

  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(**first, 1);
}

TEST(AgendaTest, AgreesWithASortedList) {
  Random random = Random::from_number(1);
  Agenda<std::size_t> agenda;
  using Entry = std::pair<Instant, std::size_t>;
  std::vector<Entry> entries;
  Instant now{};
  for (std::size_t i = 0; i < 2'000; ++i) {
    const Instant when = now + Duration(random.below(50));
    agenda.schedule(when, i);
    entries.emplace_back(when, i);
    if (random.below(3) != 0) continue;

    now += Duration(random.below(20));
    // Keys ascend, so that the order of the pairs is that of time and then of scheduling.
    std::sort(entries.begin(), entries.end());
    const auto later = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.first > now; });
    std::vector<std::size_t> expected;
    for (auto entry = entries.begin(); entry != later; ++entry) expected.push_back(entry->second);
    entries.erase(entries.begin(), later);

    ASSERT_EQ(pop_all(agenda, now), expected);
    ASSERT_EQ(agenda.next(), entries.empty() ? Instant::max() : entries.front().first);
  }
}

}  // namespace
}  // namespace pigeon
