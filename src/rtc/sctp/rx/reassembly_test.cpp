#include "rtc/sctp/rx/reassembly.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "rtc/sctp/rx/fragments_testing.hpp"

namespace pigeon::sctp {
namespace {

constexpr Bytes::value_type letter = 'x';

/// A fragment of one byte.
DataChunk fragment(StreamId stream, std::uint32_t message, bool beginning, bool ending) {
  return {.beginning = beginning,
          .ending = ending,
          .stream = stream,
          .message = message,
          .payload = BytesView(&letter, 1)};
}

DataChunk i_fragment(std::uint32_t message, std::uint32_t place, bool ending) {
  return {.interleaved = true,
          .beginning = place == 0,
          .ending = ending,
          .stream = 1,
          .message = message,
          .fragment = place,
          .payload = BytesView(&letter, 1)};
}

class ReassemblyTest : public testing::Test {
 protected:
  Reassembly data_{ReassemblyOptions{}};
  Reassembly i_data_{ReassemblyOptions{.interleaved = true}};
};

TEST_F(ReassemblyTest, AMessageThatBeginsInsideAnotherIsAViolation) {
  EXPECT_EQ(data_.receive(10, fragment(1, 0, true, false)), Receipt::taken);

  EXPECT_EQ(data_.receive(11, fragment(1, 1, true, true)), Receipt::violation);
}

TEST_F(ReassemblyTest, AFragmentOfAnotherStreamOrMessageIsAViolation) {
  EXPECT_EQ(data_.receive(10, fragment(1, 0, true, false)), Receipt::taken);
  EXPECT_EQ(data_.receive(11, fragment(2, 0, false, true)), Receipt::violation);
  EXPECT_EQ(data_.receive(11, fragment(1, 1, false, true)), Receipt::violation);

  EXPECT_EQ(data_.receive(21, fragment(3, 0, false, true)), Receipt::taken);
  EXPECT_EQ(data_.receive(20, fragment(1, 0, true, false)), Receipt::violation);
}

TEST_F(ReassemblyTest, TwoMessagesWithOneNumberAreAViolation) {
  EXPECT_EQ(data_.receive(10, fragment(1, 5, true, true)), Receipt::taken);

  EXPECT_EQ(data_.receive(11, fragment(1, 5, true, true)), Receipt::violation);
}

TEST_F(ReassemblyTest, UnorderedFragmentsNeedNoCommonNumber) {
  auto first = fragment(1, 7, true, false);
  auto second = fragment(1, 8, false, true);
  first.unordered = second.unordered = true;

  EXPECT_EQ(data_.receive(10, first), Receipt::taken);
  EXPECT_EQ(data_.receive(11, second), Receipt::taken);

  EXPECT_TRUE(data_.pop());
}

TEST_F(ReassemblyTest, InterleavedMessagesOfOneStreamGrowSideBySide) {
  EXPECT_EQ(i_data_.receive(10, i_fragment(0, 0, false)), Receipt::taken);
  EXPECT_EQ(i_data_.receive(11, i_fragment(1, 0, false)), Receipt::taken);
  EXPECT_EQ(i_data_.receive(12, i_fragment(1, 1, true)), Receipt::taken);
  EXPECT_FALSE(i_data_.has_message());

  EXPECT_EQ(i_data_.receive(13, i_fragment(0, 1, true)), Receipt::taken);

  EXPECT_TRUE(i_data_.pop());
  EXPECT_TRUE(i_data_.pop());
  EXPECT_EQ(i_data_.buffered_bytes(), 0U);
}

TEST_F(ReassemblyTest, ContradictoryInterleavedFragmentsAreViolations) {
  EXPECT_EQ(i_data_.receive(10, i_fragment(0, 0, false)), Receipt::taken);
  EXPECT_EQ(i_data_.receive(11, i_fragment(0, 0, false)), Receipt::violation);
  EXPECT_EQ(i_data_.receive(11, i_fragment(0, 0, true)), Receipt::violation);

  EXPECT_EQ(i_data_.receive(12, i_fragment(0, 3, false)), Receipt::taken);
  EXPECT_EQ(i_data_.receive(13, i_fragment(0, 3, false)), Receipt::violation);
  EXPECT_EQ(i_data_.receive(14, i_fragment(0, 1, true)), Receipt::violation)
      << "a fragment came that lies behind the end";

  auto no_beginning = i_fragment(9, 0, false);
  no_beginning.beginning = false;
  EXPECT_EQ(i_data_.receive(15, no_beginning), Receipt::violation);
}

// RFC 8260 section 2.3.1: fragments of a message that was given up may still be under way.
TEST_F(ReassemblyTest, TheRestOfAMessageThatWasGivenUpIsDropped) {
  const std::array skipped = {SkippedMid{1, false, 3}};
  i_data_.forward(ItemList<SkippedMid>(skipped));

  EXPECT_EQ(i_data_.receive(10, i_fragment(3, 1, false)), Receipt::taken);

  EXPECT_EQ(i_data_.buffered_bytes(), 0U);
  EXPECT_EQ(i_data_.receive(11, i_fragment(4, 0, true)), Receipt::taken);
  EXPECT_TRUE(i_data_.pop());
}

TEST_F(ReassemblyTest, KeepsNoMoreMemoryThanAMessageNeeds) {
  const std::string large(200'000, 'l');
  const std::string small(2'000, 's');
  Fragmenter fragmenter(false, 0);
  Tsn tsn = 0;
  for (const std::string* text : {&large, &small}) {
    for (const auto& chunk : fragmenter.cut(1, false, as_bytes(*text), 1'100)) {
      ASSERT_EQ(data_.receive(tsn++, chunk), Receipt::taken);
    }
  }

  EXPECT_LE(data_.pop()->bytes.capacity(), 400'000U);
  EXPECT_LE(data_.pop()->bytes.capacity(), 4'000U);
}

}  // namespace
}  // namespace pigeon::sctp
