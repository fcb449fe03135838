#include "rtc/sctp/rx/data_tracker.hpp"

#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon::sctp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Arrival = DataTracker::Arrival;

constexpr WireTsn initial = 1'000;

Now at(Duration time) { return {.monotonic = Instant(time)}; }

struct Sack {
  WireTsn cumulative_tsn = 0;
  std::uint32_t window = 0;
  std::vector<GapBlock> gaps;
  std::vector<WireTsn> duplicates;
};

/// Has a SACK written into a packet with so much room, and reads it.
Sack sack_of(DataTracker& tracker, std::size_t room = 1'200) {
  Bytes bytes(packet_header_size + room);
  PacketWriter writer(bytes, {});
  EXPECT_TRUE(tracker.write_sack(5'000, writer));
  auto reader = PacketReader::open(writer.finish());
  const auto sack = decode_sack(*reader->next());
  Sack copy = {.cumulative_tsn = sack->cumulative_tsn, .window = sack->window};
  for (const GapBlock gap : sack->gaps) copy.gaps.push_back(gap);
  for (const WireTsn tsn : sack->duplicates) copy.duplicates.push_back(tsn);
  return copy;
}

class DataTrackerTest : public testing::Test {
 protected:
  Arrival receive(WireTsn wire) {
    const Tsn tsn = tracker_.unwrap(wire);
    const Arrival arrival = tracker_.classify(tsn);
    if (arrival == Arrival::fresh) tracker_.add(tsn);
    if (arrival == Arrival::duplicate) tracker_.add_duplicate(tsn);
    return arrival;
  }

  DataTracker tracker_{initial, {.range_count_max = 3, .duplicate_count_max = 2}};
};

TEST_F(DataTrackerTest, AcknowledgesEverySecondPacketAtOnce) {
  receive(initial);
  tracker_.end_packet(at(0ms));
  EXPECT_FALSE(tracker_.sack_due());
  receive(initial + 1);
  tracker_.end_packet(at(10ms));

  EXPECT_TRUE(tracker_.sack_due());
  const Sack sack = sack_of(tracker_);
  EXPECT_EQ(sack.cumulative_tsn, initial + 1);
  EXPECT_EQ(sack.window, 5'000U);
  EXPECT_THAT(sack.gaps, IsEmpty());
  EXPECT_FALSE(tracker_.sack_due());
  EXPECT_EQ(tracker_.next_timeout(), Instant::max());
}

TEST_F(DataTrackerTest, AcknowledgesASinglePacketAfterTheDelay) {
  receive(initial);
  tracker_.end_packet(at(10ms));
  EXPECT_EQ(tracker_.next_timeout(), Instant(210ms));

  tracker_.handle_timeout(at(209ms));
  EXPECT_FALSE(tracker_.sack_due());
  tracker_.handle_timeout(at(210ms));

  EXPECT_TRUE(tracker_.sack_due());
  EXPECT_EQ(tracker_.next_timeout(), Instant::max());
}

TEST_F(DataTrackerTest, ReportsGapsAtOnceUntilTheyAreFilled) {
  receive(initial);
  receive(initial + 2);
  tracker_.end_packet(at(0ms));
  EXPECT_TRUE(tracker_.sack_due());
  EXPECT_THAT(sack_of(tracker_).gaps, ElementsAre(GapBlock{2, 2}));

  receive(initial + 5);
  receive(initial + 4);
  EXPECT_TRUE(tracker_.sack_due());
  EXPECT_THAT(sack_of(tracker_).gaps, ElementsAre(GapBlock{2, 2}, GapBlock{4, 5}));

  receive(initial + 3);
  EXPECT_THAT(sack_of(tracker_).gaps, ElementsAre(GapBlock{2, 5}));

  receive(initial + 1);
  tracker_.end_packet(at(0ms));
  EXPECT_FALSE(tracker_.sack_due());
  EXPECT_EQ(sack_of(tracker_).cumulative_tsn, initial + 5);
}

TEST_F(DataTrackerTest, ReportsDuplicatesAtOnceAndBoundsThem) {
  receive(initial);
  receive(initial + 2);
  for (const WireTsn tsn : {initial, initial + 2, initial - 1}) {
    EXPECT_EQ(receive(tsn), Arrival::duplicate);
  }

  EXPECT_THAT(sack_of(tracker_).duplicates, ElementsAre(initial, initial + 2));
  EXPECT_THAT(sack_of(tracker_).duplicates, IsEmpty());
}

TEST_F(DataTrackerTest, RefusesWhatNoSackCouldName) {
  EXPECT_EQ(receive(initial - 1 + 0x10000), Arrival::out_of_bounds);
  EXPECT_EQ(receive(initial - 1 + 0xffff), Arrival::fresh);
  EXPECT_EQ(receive(initial + 0x7fff'0000), Arrival::out_of_bounds);
  EXPECT_EQ(receive(initial + 0x9000'0000), Arrival::duplicate);
}

TEST_F(DataTrackerTest, RefusesOneRangeTooManyButLetsRangesGrow) {
  for (const WireTsn offset : {2U, 4U, 6U}) EXPECT_EQ(receive(initial + offset), Arrival::fresh);

  EXPECT_EQ(receive(initial + 8), Arrival::out_of_bounds);
  EXPECT_EQ(receive(initial + 7), Arrival::fresh);
  EXPECT_EQ(receive(initial + 3), Arrival::fresh);
  EXPECT_EQ(receive(initial + 9), Arrival::fresh);
}

TEST_F(DataTrackerTest, WritesAsManyGapBlocksAsFit) {
  for (const WireTsn offset : {2U, 4U, 6U}) receive(initial + offset);
  receive(initial + 2);

  EXPECT_THAT(sack_of(tracker_, 24).gaps, ElementsAre(GapBlock{3, 3}, GapBlock{5, 5}));

  Bytes bytes(packet_header_size + 12);
  PacketWriter writer(bytes, {});
  EXPECT_FALSE(tracker_.write_sack(0, writer));
}

// RFC 3758 section 3.6.
TEST_F(DataTrackerTest, AForwardTsnMovesOverGaps) {
  receive(initial + 2);
  receive(initial + 3);
  receive(initial + 6);
  sack_of(tracker_);

  EXPECT_TRUE(tracker_.forward(tracker_.unwrap(initial + 1)));
  const Sack sack = sack_of(tracker_);
  EXPECT_EQ(sack.cumulative_tsn, initial + 3);
  EXPECT_THAT(sack.gaps, ElementsAre(GapBlock{3, 3}));

  EXPECT_FALSE(tracker_.forward(tracker_.unwrap(initial + 2)));
  EXPECT_TRUE(tracker_.sack_due());
}

TEST_F(DataTrackerTest, CountsOnWhereTheNumbersWrap) {
  tracker_ = DataTracker(0xffff'fffe);

  for (const WireTsn tsn : {0xffff'ffffU, 0U, 0xffff'fffeU, 1U}) {
    EXPECT_EQ(receive(tsn), Arrival::fresh) << tsn;
  }

  EXPECT_EQ(sack_of(tracker_).cumulative_tsn, 1U);
  EXPECT_EQ(receive(0xffff'ffff), Arrival::duplicate);
}

TEST(DataTrackerPropertyTest, KnowsWhatAPlainSetKnows) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random = Random::from_number(seed);
    const auto first = static_cast<WireTsn>(random.next_u64());
    DataTracker tracker(first);
    std::set<Tsn> missing;
    const Tsn start = tracker.cumulative() + 1;
    for (Tsn tsn = start; tsn < start + 300; ++tsn) missing.insert(tsn);
    while (!missing.empty()) {
      const Tsn tsn = start + random.below(300);
      const bool is_missing = missing.contains(tsn);
      ASSERT_EQ(tracker.classify(tsn), is_missing ? Arrival::fresh : Arrival::duplicate);
      if (is_missing) tracker.add(tsn);
      missing.erase(tsn);
      ASSERT_EQ(tracker.cumulative(), missing.empty() ? start + 299 : *missing.begin() - 1);
    }
  }
}

}  // namespace
}  // namespace pigeon::sctp
