#include "rtc/sctp/rx/receiver.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "rtc/sctp/rx/fragments_testing.hpp"

namespace pigeon::sctp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WireTsn initial = 0xffff'fff0;

/// All tests run with DATA and with I-DATA.
class ReceiverTest : public testing::TestWithParam<bool> {
 protected:
  static ReceiverOptions options(std::uint32_t window = 100'000, std::size_t message_max = 10'000) {
    return {.reassembly = {.interleaved = GetParam(),
                           .message_bytes_max = message_max,
                           .stream_count = 100},
            .window_bytes = window};
  }

  std::vector<DataChunk> cut(std::string_view text, StreamId stream = 1, bool unordered = false,
                             std::size_t fragment_size = 1) {
    return fragmenter_.cut(stream, unordered, as_bytes(text), fragment_size);
  }

  Receipt receive(const DataChunk& chunk) { return receiver_.receive(chunk); }

  void receive_all(const std::vector<DataChunk>& chunks) {
    for (const DataChunk& chunk : chunks) EXPECT_EQ(receive(chunk), Receipt::taken);
  }

  std::vector<std::string> messages() {
    std::vector<std::string> texts;
    while (const auto message = receiver_.pop()) {
      texts.emplace_back(as_text(message->bytes));
      EXPECT_EQ(message->ppid, Ppid::binary);
    }
    return texts;
  }

  /// Says that everything before `tsn` was given up, of `stream` the messages up to `number`.
  void skip_before(WireTsn tsn, StreamId stream, std::uint32_t number, bool unordered = false) {
    if (GetParam()) {
      const std::array skipped = {SkippedMid{stream, unordered, number}};
      ASSERT_TRUE(receiver_.forward(
          IForwardTsnChunk{.cumulative_tsn = tsn - 1, .skipped = ItemList<SkippedMid>(skipped)}));
    } else {
      const std::array skipped = {SkippedSsn{stream, static_cast<Ssn>(number)}};
      ASSERT_TRUE(receiver_.forward(ForwardTsnChunk{
          .cumulative_tsn = tsn - 1,
          .skipped = unordered ? ItemList<SkippedSsn>() : ItemList<SkippedSsn>(skipped)}));
    }
  }

  Receiver receiver_{initial, options()};
  Fragmenter fragmenter_{GetParam(), initial};
};

INSTANTIATE_TEST_SUITE_P(DataAndIData, ReceiverTest, testing::Bool());

TEST_P(ReceiverTest, DeliversAMessageOfOneFragment) {
  receive_all(cut("hello", 7, false, 100));

  const auto message = receiver_.pop();

  ASSERT_TRUE(message);
  EXPECT_EQ(message->stream, 7);
  EXPECT_FALSE(message->unordered);
  EXPECT_EQ(message->ppid, Ppid::binary);
  EXPECT_EQ(as_text(message->bytes), "hello");
  EXPECT_EQ(receiver_.buffered_bytes(), 0U);
}

TEST_P(ReceiverTest, JoinsFragmentsWhateverTheirOrder) {
  auto chunks = cut("abcd");
  std::swap(chunks[0], chunks[3]);
  receive_all({chunks[0], chunks[1], chunks[2]});
  EXPECT_THAT(messages(), IsEmpty());

  receive_all({chunks[3]});

  EXPECT_THAT(messages(), ElementsAre("abcd"));
  EXPECT_EQ(receiver_.buffered_bytes(), 0U);
}

TEST_P(ReceiverTest, KeepsTheOrderOfAStreamButHoldsBackNoOther) {
  const auto first = cut("first");
  const auto second = cut("second");
  const auto other = cut("other", 2);
  receive_all(other);
  receive_all(second);
  EXPECT_THAT(messages(), ElementsAre("other"));

  receive_all(first);

  EXPECT_THAT(messages(), ElementsAre("first", "second"));
}

TEST_P(ReceiverTest, DeliversUnorderedMessagesAsSoonAsTheyAreWhole) {
  const auto first = cut("first", 1, true);
  const auto second = cut("second", 1, true);
  receive_all(second);
  EXPECT_THAT(messages(), ElementsAre("second"));

  receive_all(first);

  EXPECT_THAT(messages(), ElementsAre("first"));
}

TEST_P(ReceiverTest, TakesEveryFragmentOnce) {
  const auto chunks = cut("ab");
  receive_all(chunks);

  EXPECT_EQ(receive(chunks[0]), Receipt::duplicate);
  EXPECT_EQ(receive(chunks[1]), Receipt::duplicate);

  EXPECT_THAT(messages(), ElementsAre("ab"));
  EXPECT_TRUE(receiver_.sack_due());
}

TEST_P(ReceiverTest, AnImmediateFragmentIsAcknowledgedAtOnce) {
  auto chunks = cut("a");
  chunks[0].immediate = true;

  receive_all(chunks);

  EXPECT_TRUE(receiver_.sack_due());
}

TEST_P(ReceiverTest, SaysWhatIsWrongWithAFragment) {
  auto chunk = cut("a")[0];
  chunk.payload = {};
  EXPECT_EQ(receive(chunk), Receipt::no_user_data);

  chunk = cut("a", 100)[0];
  chunk.tsn = initial;
  EXPECT_EQ(receive(chunk), Receipt::invalid_stream);
  EXPECT_EQ(receive(chunk), Receipt::duplicate);

  chunk = cut("a")[0];
  chunk.interleaved = !chunk.interleaved;
  EXPECT_EQ(receive(chunk), Receipt::violation);
}

TEST_P(ReceiverTest, RefusesAMessageBeyondTheLimit) {
  const std::string text(10'001, 'x');
  const auto chunks = cut(text, 1, false, 1'000);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(receive(chunks[i]), Receipt::taken);

  EXPECT_EQ(receive(chunks[10]), Receipt::message_too_big);
}

TEST_P(ReceiverTest, RefusesAMessageBeyondTheLimitThatCameBackwards) {
  const std::string text(10'001, 'x');
  const auto chunks = cut(text, 1, false, 1'000);
  for (std::size_t i = 10; i > 0; --i) EXPECT_EQ(receive(chunks[i]), Receipt::taken);

  EXPECT_EQ(receive(chunks[0]), Receipt::message_too_big);
}

TEST_P(ReceiverTest, AClosedWindowRefusesAndSaysSoUntilMessagesAreTaken) {
  receiver_ = Receiver(initial, options(1'000));
  std::vector<DataChunk> refused;
  const std::string text(100, 'x');
  for (int i = 0; i < 20; ++i) {
    const auto chunk = cut(text, 1, false, 100)[0];
    if (receive(chunk) == Receipt::no_room) refused.push_back(chunk);
  }
  EXPECT_EQ(refused.size(), 15U);
  EXPECT_EQ(receiver_.window(), 0U);
  EXPECT_TRUE(receiver_.sack_due());
  Bytes room(100);
  PacketWriter writer(room, {});
  ASSERT_TRUE(receiver_.write_sack(writer));
  EXPECT_FALSE(receiver_.sack_due());

  EXPECT_EQ(messages().size(), 5U);

  EXPECT_TRUE(receiver_.sack_due()) << "the window is open again";
  EXPECT_EQ(receiver_.window(), 1'000U);
  EXPECT_EQ(receive(refused[0]), Receipt::taken);
}

TEST_P(ReceiverTest, LonelyFragmentsOfOneByteCannotFillTheMemory) {
  const std::string text(9'000, 'x');
  const auto chunks = cut(text);
  std::size_t taken = 0;
  for (std::size_t i = chunks.size() - 1; i > 0; --i) {
    if (receive(chunks[i]) == Receipt::taken) ++taken;
    ASSERT_LE(receiver_.buffered_bytes(), 300'200U);
  }
  EXPECT_LT(taken, 2'400U);

  // The sender that repeats what was refused gets through.
  for (const DataChunk& chunk : chunks) {
    ASSERT_NE(receive(chunk), Receipt::no_room);
  }
  EXPECT_THAT(messages(), ElementsAre(text));
}

TEST_P(ReceiverTest, SkipsWhatWasGivenUpAndDeliversWhatWaited) {
  const auto lost = cut("lost");
  const auto whole = cut("whole");
  const auto later = cut("later");
  receive_all({lost[0], lost[2]});
  receive_all(later);
  receive_all({whole[0], whole[1], whole[2], whole[3]});
  EXPECT_THAT(messages(), IsEmpty());

  skip_before(later[0].tsn, 1, 1);

  EXPECT_THAT(messages(), ElementsAre("later"));
  EXPECT_EQ(receiver_.buffered_bytes(), 0U);
  EXPECT_EQ(receive(lost[1]), Receipt::duplicate);
}

TEST_P(ReceiverTest, DropsUnorderedFragmentsThatWereGivenUp) {
  const auto lost = cut("lost", 1, true);
  const auto kept = cut("kept", 1, true);
  receive_all({lost[0], lost[2], kept[0], kept[1]});

  skip_before(kept[0].tsn, 1, 0, true);
  receive_all({kept[2], kept[3]});

  EXPECT_THAT(messages(), ElementsAre("kept"));
  EXPECT_EQ(receiver_.buffered_bytes(), 0U);
}

TEST_P(ReceiverTest, RefusesTheOtherKindOfForwardTsn) {
  if (GetParam()) {
    EXPECT_FALSE(receiver_.forward(ForwardTsnChunk{}));
  } else {
    EXPECT_FALSE(receiver_.forward(IForwardTsnChunk{}));
  }
}

// RFC 6525 section 5.2.2.
TEST_P(ReceiverTest, ResetsAStreamOnceItsLastTsnHasCome) {
  const auto first = cut("first");
  const auto second = cut("second", 1, true);
  receive_all(second);
  const std::array<StreamId, 1> streams = {1};
  const OutgoingResetRequest request = {.last_tsn = fragmenter_.next_tsn() - 1,
                                        .streams = ItemList<StreamId>(streams)};
  EXPECT_EQ(receiver_.reset_streams(request), ReconfigResult::in_progress);
  EXPECT_FALSE(receiver_.take_reset());

  receive_all(first);

  EXPECT_THAT(*receiver_.take_reset(), ElementsAre(1));
  EXPECT_FALSE(receiver_.take_reset());
  EXPECT_EQ(receiver_.reset_streams(request), ReconfigResult::performed);
  EXPECT_THAT(messages(), ElementsAre("second", "first"));
  fragmenter_.reset(1);
  receive_all(cut("again"));
  EXPECT_THAT(messages(), ElementsAre("again"));
}

TEST_P(ReceiverTest, ResetsAllStreamsIfNoneIsNamed) {
  receive_all(cut("a", 1));
  receive_all(cut("b", 2));
  EXPECT_EQ(receiver_.reset_streams({.last_tsn = fragmenter_.next_tsn() - 1}),
            ReconfigResult::performed);
  EXPECT_THAT(*receiver_.take_reset(), IsEmpty());
  fragmenter_.reset(1);
  fragmenter_.reset(2);

  receive_all(cut("c", 2));
  receive_all(cut("d", 1));

  EXPECT_THAT(messages(), ElementsAre("a", "b", "c", "d"));
}

// A window that is full of beginnings opens only by their ends.
TEST(InterleavedReceiverTest, UnfinishedMessagesBeyondTheWindowCanBeFinished) {
  Receiver receiver(initial, {.reassembly = {.interleaved = true, .message_bytes_max = 10'000},
                              .window_bytes = 20'000});
  Fragmenter fragmenter(true, initial);
  const std::string text(9'000, 'x');
  std::vector<DataChunk> fragments;
  for (StreamId stream = 0; stream < 3; ++stream) {
    for (const DataChunk& chunk : fragmenter.cut(stream, false, as_bytes(text), 1'000)) {
      fragments.push_back(chunk);
    }
  }
  std::stable_sort(fragments.begin(), fragments.end(),
                   [](const auto& a, const auto& b) { return a.fragment < b.fragment; });
  WireTsn tsn = initial;
  std::vector<std::string> got;

  for (DataChunk& chunk : fragments) {
    chunk.tsn = tsn++;
    EXPECT_GT(receiver.window(), 0U);
    EXPECT_EQ(receiver.receive(chunk), Receipt::taken);
    if (const auto message = receiver.pop()) got.emplace_back(as_text(message->bytes));
  }

  EXPECT_THAT(got, ElementsAre(text, text, text));
}

/// What a channel promises, for random messages over a network that loses, repeats and reorders.
TEST_P(ReceiverTest, EveryMessageArrivesOnceAndInOrder) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random = Random::from_number(seed);
    const auto first_tsn = static_cast<WireTsn>(random.next_u64());
    Receiver receiver(first_tsn, options());
    Fragmenter fragmenter(GetParam(), first_tsn);
    std::vector<std::string> texts;
    for (int i = 0; i < 60; ++i) {
      texts.push_back(std::to_string(i) + std::string(1 + random.below(300), 'x'));
    }
    std::vector<DataChunk> pending;
    std::map<StreamId, std::vector<std::string>> sent;
    std::map<StreamId, std::vector<std::string>> got;
    for (const std::string& text : texts) {
      // Streams 0 to 3 are ordered, the others are not.
      const auto stream = static_cast<StreamId>(random.below(6));
      sent[stream].push_back(text);
      for (const auto& chunk : fragmenter.cut(stream, stream > 3, as_bytes(text), 50)) {
        pending.push_back(chunk);
      }
    }

    while (!pending.empty()) {
      const std::size_t index = random.below(std::min<std::size_t>(pending.size(), 40));
      const DataChunk chunk = pending[index];
      const Receipt receipt = receiver.receive(chunk);
      ASSERT_THAT(receipt, testing::AnyOf(Receipt::taken, Receipt::duplicate)) << seed;
      if (random.chance(3, 4)) {
        pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(index));
      }
      while (auto message = random.chance(1, 2) ? receiver.pop() : std::nullopt) {
        got[message->stream].emplace_back(as_text(message->bytes));
      }
    }
    while (auto message = receiver.pop()) {
      got[message->stream].emplace_back(as_text(message->bytes));
    }

    for (StreamId stream = 0; stream < 6; ++stream) {
      if (stream > 3) {
        EXPECT_THAT(got[stream], testing::UnorderedElementsAreArray(sent[stream])) << seed;
      } else {
        EXPECT_EQ(got[stream], sent[stream]) << seed;
      }
    }
    EXPECT_EQ(receiver.buffered_bytes(), 0U);
    EXPECT_EQ(receiver.cumulative_tsn(), fragmenter.next_tsn() - 1);
  }
}

}  // namespace
}  // namespace pigeon::sctp
