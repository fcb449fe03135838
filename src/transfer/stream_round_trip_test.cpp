#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Of the sanitizers' allocator; GCC has no header for it.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace pigeon::transfer {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Now now{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};

/// An application that sends `size` bytes in pieces, as its streams take them.
class Sending {
 public:
  Sending(StreamKey key, std::size_t size, std::size_t piece)
      : key_(key), left_(size), piece_(piece) {}

  StreamKey key() const { return key_; }
  void grant(std::size_t bytes) { budget_ += bytes; }
  /// Writes what it may, and ends the stream when there is no more.
  void move(Transfers& transfers) {
    while (left_ > 0 && budget_ >= std::min(piece_, left_)) {
      const std::size_t bytes = std::min(piece_, left_);
      ASSERT_TRUE(transfers.write(key_, some_bytes(bytes)));
      budget_ -= bytes;
      left_ -= bytes;
    }
    if (left_ == 0 && !is_ended_) {
      is_ended_ = true;
      ASSERT_TRUE(transfers.end(key_));
    }
  }
  std::size_t left() const { return left_; }

 private:
  StreamKey key_;
  std::size_t left_;
  std::size_t piece_;
  std::size_t budget_ = 0;
  bool is_ended_ = false;
};

/// Sends everything; gives how much of each stream has arrived, and expects it to be well.
std::vector<std::size_t> run(Pair& pair, std::vector<Sending>& sendings) {
  std::map<StreamKey, std::size_t> arrived;
  std::vector<std::size_t> ended;
  while (ended.size() < sendings.size()) {
    for (const StreamTakes& takes : pair.a.take<StreamTakes>()) {
      for (Sending& sending : sendings) {
        if (sending.key() == takes.stream) sending.grant(takes.bytes);
      }
    }
    for (Sending& sending : sendings) sending.move(pair.a.transfers());
    EXPECT_TRUE(pair.run(now));
    for (const StreamBytes& bytes : pair.b.take<StreamBytes>()) {
      arrived[bytes.stream] += bytes.data.size();
    }
    for (const StreamEnded& end : pair.b.take<StreamEnded>()) {
      EXPECT_EQ(end.total_bytes, arrived[end.stream]);
      ended.push_back(arrived[end.stream]);
    }
    EXPECT_THAT(pair.b.take<StreamBroken>(), IsEmpty());
  }
  return ended;
}

StreamKey open(Pair& pair, std::uint64_t size) {
  const auto key =
      pair.a->open(bob, {.type = "file", .filename = "f", .total_size = size}, false, now);
  EXPECT_TRUE(key);
  return key.value_or(StreamKey{});
}

class RoundTripTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(RoundTripTest, ArrivesWhole) {
  Pair pair;
  std::vector<Sending> sendings{{open(pair, GetParam()), GetParam(), 100'000}};

  EXPECT_THAT(run(pair, sendings), ::testing::ElementsAre(GetParam()));

  EXPECT_THAT(pair.b.take<StreamBegan>(), SizeIs(1));
  EXPECT_EQ(pair.a.take<StreamEnded>().at(0).total_bytes, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Sizes, RoundTripTest,
                         ::testing::Values(0, 1, 4'096, 16'384, 16'385, 262'144, 10'485'760));

TEST(StreamRoundTripTest, TheBytesAreThoseThatWereWritten) {
  Pair pair;
  const Bytes data = some_bytes(200'000, 9);
  const StreamKey key = open(pair, data.size());
  ASSERT_TRUE(pair.a->write(key, data));
  ASSERT_TRUE(pair.a->end(key));
  ASSERT_TRUE(pair.run(now));

  Bytes arrived;
  for (const StreamBytes& bytes : pair.b.take<StreamBytes>()) {
    arrived.insert(arrived.end(), bytes.data.begin(), bytes.data.end());
  }
  EXPECT_EQ(arrived, data);
}

TEST(StreamRoundTripTest, ManyStreamsAndMessagesGoSideBySide) {
  Pair pair;
  std::vector<Sending> sendings;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < 64; ++i) {
    sizes.push_back(i * 3'000);
    sendings.emplace_back(open(pair, i * 3'000), i * 3'000, 1'500);
  }
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(pair.a->send_binary(bob, some_bytes(10'000)));

  EXPECT_THAT(run(pair, sendings), ::testing::UnorderedElementsAreArray(sizes));

  EXPECT_THAT(pair.b.take<BinaryArrived>(), SizeIs(5));
}

TEST(StreamRoundTripTest, StreamsThatBeginTogetherProgressTogether) {
  Pair pair;
  constexpr std::size_t size = 4U << 20U;
  std::vector<Sending> sendings;
  for (int i = 0; i < 4; ++i) sendings.emplace_back(open(pair, size), size, 16'384);

  for (int round = 0; round < 20; ++round) {
    for (const StreamTakes& takes : pair.a.take<StreamTakes>()) {
      for (Sending& sending : sendings) {
        if (sending.key() == takes.stream) sending.grant(takes.bytes);
      }
    }
    for (Sending& sending : sendings) sending.move(pair.a.transfers());
    ASSERT_TRUE(pair.run(now));
    const auto [least, most] =
        std::minmax_element(sendings.begin(), sendings.end(),
                            [](const Sending& x, const Sending& y) { return x.left() < y.left(); });
    // The first was alone when it was granted its first share.
    EXPECT_LE(most->left() - least->left(), 262'144U);
  }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Upstream keeps every chunk until the end.
TEST(StreamRoundTripTest, MemoryDoesNotGrowWithTheStream) {
  Pair pair;
  const std::size_t size = 32U << 20U;
  Sending sending(open(pair, size), size, 65'536);
  std::size_t before = 0;
  std::size_t arrived = 0;
  for (int round = 0; pair.b.take<StreamEnded>().empty(); ++round) {
    for (const StreamTakes& takes : pair.a.take<StreamTakes>()) sending.grant(takes.bytes);
    sending.move(pair.a.transfers());
    ASSERT_TRUE(pair.run(now));
    for (const StreamBytes& bytes : pair.b.take<StreamBytes>()) arrived += bytes.data.size();

    if (round == 2) before = __sanitizer_get_current_allocated_bytes();
    if (round > 2) {
      ASSERT_LT(__sanitizer_get_current_allocated_bytes(), before + 65'536);
    }
  }

  EXPECT_EQ(arrived, size);
}
#endif

}  // namespace
}  // namespace pigeon::transfer
