#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "rtc/sctp/rx/fragments_testing.hpp"
#include "rtc/sctp/rx/receiver.hpp"

namespace pigeon::sctp {
namespace {

constexpr int message_count = 60;
/// Streams below it are ordered, the others are not.
constexpr StreamId first_unordered = 4;
constexpr StreamId stream_count = 6;

/// A sender that gives up messages at random (RFC 3758 section 3.5), and the receiver it sends to.
class Transfer {
 public:
  Transfer(bool interleaved, std::uint64_t seed)
      : interleaved_(interleaved),
        random_(Random::from_number(seed)),
        initial_(static_cast<WireTsn>(random_.next_u64())),
        receiver_(initial_, {.reassembly = {.interleaved = interleaved}}),
        fragmenter_(interleaved, initial_) {
    for (std::size_t i = 0; i < message_count; ++i) {
      texts_.push_back(std::to_string(i) + std::string(1 + random_.below(200), 'x'));
    }
    for (std::size_t i = 0; i < message_count; ++i) {
      const auto stream = static_cast<StreamId>(random_.below(stream_count));
      const bool unordered = stream >= first_unordered;
      for (const auto& chunk : fragmenter_.cut(stream, unordered, as_bytes(texts_[i]), 40)) {
        fragments_.push_back({.chunk = chunk, .message = i});
      }
    }
  }

  /// Returns the fragments that the receiver did not take.
  int run() {
    int refused = 0;
    while (receiver_.cumulative_tsn() != fragmenter_.next_tsn() - 1) {
      const std::size_t first = receiver_.cumulative_tsn() + 1 - initial_;
      const std::size_t reach = std::min<std::size_t>(fragments_.size() - first, 30);
      Fragment& fragment = fragments_[first + random_.below(reach)];
      if (!fragment.given_up && !fragment.arrived) {
        refused += receiver_.receive(fragment.chunk) == Receipt::taken ? 0 : 1;
        fragment.arrived = true;
      }
      if (random_.chance(1, 20)) give_up(fragment.message);
      if (random_.chance(1, 4)) send_forward_tsn();
      read();
    }
    return refused;
  }

  void expect_the_others_arrived() {
    for (const Fragment& fragment : fragments_) {
      if (!fragment.chunk.beginning || fragment.given_up) continue;
      expected_[fragment.chunk.stream].push_back(texts_[fragment.message]);
    }
    for (StreamId stream = 0; stream < stream_count; ++stream) {
      if (stream < first_unordered) {
        EXPECT_EQ(got_[stream], expected_[stream]);
      } else {
        EXPECT_THAT(got_[stream], testing::UnorderedElementsAreArray(expected_[stream]));
      }
    }
    EXPECT_EQ(receiver_.buffered_bytes(), 0U);
  }

 private:
  struct Fragment {
    DataChunk chunk;
    std::size_t message = 0;
    bool arrived = false;
    bool given_up = false;
  };

  /// Unless all of it has arrived.
  void give_up(std::size_t message) {
    const auto belongs = [&](const Fragment& one) { return one.message == message; };
    if (std::all_of(fragments_.begin(), fragments_.end(),
                    [&](const Fragment& one) { return !belongs(one) || one.arrived; })) {
      return;
    }
    for (Fragment& one : fragments_) {
      if (belongs(one)) one.given_up = true;
    }
  }

  void send_forward_tsn() {
    std::size_t next = receiver_.cumulative_tsn() + 1 - initial_;
    std::map<std::pair<StreamId, bool>, std::uint32_t> last;
    for (; next < fragments_.size() && fragments_[next].given_up; ++next) {
      const DataChunk& chunk = fragments_[next].chunk;
      last[{chunk.stream, chunk.unordered}] = chunk.message;
    }
    if (last.empty()) return;
    const WireTsn tsn = initial_ + static_cast<WireTsn>(next) - 1;
    std::vector<SkippedSsn> ssns;
    std::vector<SkippedMid> mids;
    for (const auto& [key, number] : last) {
      mids.push_back({key.first, key.second, number});
      if (!key.second) ssns.push_back({key.first, static_cast<Ssn>(number)});
    }
    const bool taken =
        interleaved_ ? receiver_.forward(IForwardTsnChunk{.cumulative_tsn = tsn, .skipped = {mids}})
                     : receiver_.forward(ForwardTsnChunk{.cumulative_tsn = tsn, .skipped = {ssns}});
    EXPECT_TRUE(taken);
  }

  void read() {
    while (const auto message = receiver_.pop()) {
      got_[message->stream].emplace_back(as_text(message->bytes));
    }
  }

  bool interleaved_;
  Random random_;
  WireTsn initial_;
  Receiver receiver_;
  Fragmenter fragmenter_;
  std::vector<std::string> texts_;
  std::vector<Fragment> fragments_;
  std::map<StreamId, std::vector<std::string>> expected_;
  std::map<StreamId, std::vector<std::string>> got_;
};

TEST(GivenUpTest, WhatIsNotGivenUpArrivesOnceAndInOrder) {
  for (const bool interleaved : {false, true}) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      SCOPED_TRACE(testing::Message() << "interleaved " << interleaved << ", seed " << seed);
      Transfer transfer(interleaved, seed);

      EXPECT_EQ(transfer.run(), 0);

      transfer.expect_the_others_arrived();
    }
  }
}

TEST(GivenUpTest, TheRestOfAMessageThatComesNeverthelessIsDropped) {
  Receiver receiver(100, {});
  Fragmenter fragmenter(false, 100);
  const std::string text(90, 'x');
  const auto given_up = fragmenter.cut(1, true, as_bytes(text), 10);
  const std::vector<SkippedSsn> skipped;

  ASSERT_EQ(receiver.receive(given_up[0]), Receipt::taken);
  ASSERT_EQ(receiver.receive(given_up[5]), Receipt::taken);
  ASSERT_TRUE(receiver.forward({.cumulative_tsn = 102, .skipped = std::span(skipped)}));
  for (const std::size_t late : {3U, 4U, 8U, 7U, 6U}) {
    ASSERT_EQ(receiver.receive(given_up[late]), Receipt::taken);
  }

  EXPECT_EQ(receiver.cumulative_tsn(), 108U);
  EXPECT_EQ(receiver.buffered_bytes(), 0U);
}

}  // namespace
}  // namespace pigeon::sctp
