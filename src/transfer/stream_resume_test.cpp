#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr Now at(Duration time) {
  return {.monotonic = Instant(1h) + time, .wall_ms = 1'700'000'000'000 + time / 1ms};
}
constexpr Now now = at(0s);

class StreamResumeTest : public ::testing::Test {
 protected:
  StreamKey open(std::optional<std::uint64_t> size = 1'000, Now when = now) {
    const auto key =
        pair_.a->open(bob, {.type = "file", .total_size = size, .resume_token = "t"}, true, when);
    EXPECT_TRUE(key);
    return key.value_or(StreamKey{});
  }
  /// A stream of which 400 bytes have arrived.
  StreamKey open_and_write(std::optional<std::uint64_t> size = 1'000) {
    const StreamKey key = open(size);
    EXPECT_TRUE(pair_.run(now));
    EXPECT_TRUE(pair_.a->write(key, some_bytes(400)));
    EXPECT_TRUE(pair_.run(now));
    EXPECT_EQ(pair_.b.take<StreamBytes>().size(), 1U);
    return key;
  }
  void forget_events() {
    pair_.a.take_events();
    pair_.b.take_events();
  }
  /// Where both sides say that the last stream begins.
  std::pair<std::uint64_t, std::uint64_t> offsets() {
    const auto takes = pair_.a.take<StreamTakes>();
    const auto began = pair_.b.take<StreamBegan>();
    EXPECT_EQ(takes.size(), 1U);
    EXPECT_EQ(began.size(), 1U);
    return {takes.empty() ? 999'999 : takes.back().offset,
            began.empty() ? 999'999 : began.back().offset};
  }

  Pair pair_;
};

using Offsets = std::pair<std::uint64_t, std::uint64_t>;

TEST_F(StreamResumeTest, ANewStreamBeginsAt0WhenTheOtherSideHasAnswered) {
  open();
  EXPECT_THAT(pair_.a.take<StreamTakes>(), IsEmpty());
  EXPECT_EQ(pair_.a->next_timeout(), now.monotonic + 8s);

  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(offsets(), Offsets(0, 0));
}

TEST_F(StreamResumeTest, GoesOnWhereALostLinkStoppedIt) {
  open_and_write();
  pair_.reconnect(now);
  EXPECT_THAT(pair_.b.take<StreamBroken>(), SizeIs(1));
  forget_events();

  const StreamKey key = open();
  EXPECT_TRUE(pair_.run(now));
  EXPECT_EQ(offsets(), Offsets(400, 400));
  EXPECT_TRUE(pair_.a->write(key, some_bytes(600)));
  EXPECT_TRUE(pair_.a->end(key));
  EXPECT_TRUE(pair_.run(now));

  // Both count in bytes of the whole.
  EXPECT_EQ(pair_.a.take<StreamEnded>().at(0).total_bytes, 1'000U);
  EXPECT_EQ(pair_.b.take<StreamEnded>().at(0).total_bytes, 1'000U);
  EXPECT_EQ(pair_.b.take<StreamBytes>().at(0).data.size(), 600U);
}

TEST_F(StreamResumeTest, MayBreakOffSeveralTimes) {
  for (std::uint64_t i = 0; i < 10; ++i) {
    const StreamKey key = open();
    EXPECT_TRUE(pair_.run(now));
    EXPECT_EQ(offsets(), Offsets(100 * i, 100 * i));
    EXPECT_TRUE(pair_.a->write(key, some_bytes(100)));
    EXPECT_TRUE(pair_.run(now));
    pair_.reconnect(now);
    forget_events();
  }
}

TEST_F(StreamResumeTest, WhatWasOnTheWayIsSentAgain) {
  const StreamKey key = open_and_write();
  EXPECT_TRUE(pair_.a->write(key, some_bytes(200)));
  pair_.reconnect(now);
  forget_events();

  open();
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(offsets(), Offsets(400, 400));
}

TEST_F(StreamResumeTest, GoesOnAfterTheSendersAbort) {
  const StreamKey key = open_and_write();
  EXPECT_TRUE(pair_.a->abort(key, "paused"));
  EXPECT_TRUE(pair_.run(now));
  forget_events();

  open();
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(offsets(), Offsets(400, 400));
}

TEST_F(StreamResumeTest, BeginsAt0AfterTheReceiversAbort) {
  open_and_write();
  const StreamKey incoming = pair_.b.take<StreamBegan>().at(0).stream;
  EXPECT_TRUE(pair_.b->abort(incoming, "I do not have that"));
  EXPECT_TRUE(pair_.run(now));
  EXPECT_EQ(pair_.a.take<StreamBroken>().at(0).reason, "I do not have that");
  forget_events();

  open();
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(offsets(), Offsets(0, 0));
}

TEST_F(StreamResumeTest, BeginsAt0AfterItsTime) {
  open_and_write();
  pair_.reconnect(now);
  forget_events();

  open(1'000, at(10min));
  EXPECT_TRUE(pair_.run(at(10min)));

  EXPECT_EQ(offsets(), Offsets(0, 0));
}

TEST_F(StreamResumeTest, BeginsAt0IfTheSizeIsAnother) {
  open_and_write();
  pair_.reconnect(now);
  forget_events();

  open(1'001);
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(offsets(), Offsets(0, 0));
}

TEST_F(StreamResumeTest, BeginsAt0AfterItsEnd) {
  const StreamKey key = open_and_write(400);
  EXPECT_TRUE(pair_.a->end(key));
  EXPECT_TRUE(pair_.run(now));
  forget_events();

  open(400);
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(offsets(), Offsets(0, 0));
}

TEST_F(StreamResumeTest, BeginsAt0WithoutAnAnswerInAnotherStream) {
  const StreamKey key = open();
  const std::string first = pair_.a.take_texts().at(0);
  pair_.a->handle_timeout(at(7s));
  EXPECT_THAT(pair_.a.take_texts(), IsEmpty());

  pair_.a->handle_timeout(at(8s));

  const auto takes = pair_.a.take<StreamTakes>();
  ASSERT_THAT(takes, SizeIs(1));
  EXPECT_EQ(takes[0].stream, key);
  EXPECT_EQ(takes[0].offset, 0U);
  EXPECT_EQ(pair_.a->next_timeout(), Instant::max());
  const auto texts = pair_.a.take_texts();
  ASSERT_THAT(texts, SizeIs(2));
  EXPECT_THAT(texts[0], HasSubstr("__STREAM_ABORT__"));
  EXPECT_THAT(texts[1], HasSubstr("__STREAM_INIT__"));
  EXPECT_THAT(texts[1], Not(HasSubstr("resumeToken")));
  // An answer that comes now belongs to the first one.
  EXPECT_TRUE(pair_.b.hear(first, now));
  for (const std::string& answer : pair_.b.take_texts()) EXPECT_TRUE(pair_.a.hear(answer, now));
  EXPECT_THAT(pair_.a.take_events(), IsEmpty());
}

TEST_F(StreamResumeTest, BothSidesAgreeIfTheAnswerIsLate) {
  open_and_write();
  pair_.reconnect(now);
  forget_events();
  const StreamKey key = open();
  // The init is under way until after the timeout.
  pair_.a->handle_timeout(at(8s));
  EXPECT_TRUE(pair_.run(at(8s)));

  EXPECT_EQ(pair_.a.take<StreamTakes>().back().offset, 0U);
  const auto began = pair_.b.take<StreamBegan>();
  ASSERT_THAT(began, SizeIs(2));
  EXPECT_EQ(began[0].offset, 400U);
  EXPECT_EQ(began[1].offset, 0U);
  EXPECT_EQ(pair_.b.take<StreamBroken>().at(0).stream, began[0].stream);
  EXPECT_TRUE(pair_.a->write(key, some_bytes(1'000)));
  EXPECT_TRUE(pair_.a->end(key));
  EXPECT_TRUE(pair_.run(at(8s)));
  EXPECT_EQ(pair_.b.take<StreamEnded>().at(0).total_bytes, 1'000U);
}

TEST_F(StreamResumeTest, NothingIsWrittenBeforeTheAnswer) {
  const StreamKey key = open();

  EXPECT_EQ(pair_.a->write(key, Bytes{1}).error(), TransferError::over_window);
  EXPECT_EQ(pair_.a->end(key).error(), TransferError::too_short);
  pair_.a->drained(bob, Now{});

  EXPECT_THAT(pair_.a.take_events(), IsEmpty());
}

TEST_F(StreamResumeTest, AnEmptyStreamMayEndBeforeTheAnswer) {
  const StreamKey key = open(0);
  ASSERT_TRUE(pair_.a->end(key));
  EXPECT_EQ(pair_.a->write(key, {}).error(), TransferError::ended);
  EXPECT_EQ(pair_.a->end(key).error(), TransferError::ended);
  EXPECT_THAT(pair_.a.take_events(), IsEmpty());

  EXPECT_TRUE(pair_.run(now));

  EXPECT_THAT(pair_.a.take<StreamEnded>(), SizeIs(1));
  EXPECT_THAT(pair_.b.take<StreamEnded>(), SizeIs(1));
}

TEST_F(StreamResumeTest, AnAbortBeforeTheAnswerIsNoFault) {
  const StreamKey key = open();
  ASSERT_TRUE(pair_.a->abort(key, "no"));

  EXPECT_TRUE(pair_.run(now));
  pair_.a->handle_timeout(at(8s));

  EXPECT_THAT(pair_.a.take_events(), IsEmpty());
  EXPECT_THAT(pair_.a.take_texts(), IsEmpty());
}

TEST_F(StreamResumeTest, AnAnswerThatNobodyAskedForIsAFault) {
  const StreamKey key = open();
  EXPECT_TRUE(pair_.b.hear(pair_.a.take_texts().at(0), now));
  const std::string answer = pair_.b.take_texts().at(0);
  EXPECT_TRUE(pair_.a.hear(answer, now));
  EXPECT_TRUE(pair_.a->write(key, Bytes(500)));

  EXPECT_FALSE(pair_.a.hear(answer, now));
  EXPECT_FALSE(pair_.a.hear(R"({"type":"__STREAM_RESUME__","streamId":"x","offset":0})", now));

  EXPECT_THAT(pair_.a.take<StreamTakes>(), SizeIs(1));
  EXPECT_TRUE(pair_.a->write(key, Bytes(500)));
}

TEST_F(StreamResumeTest, AnAnswerBeyondTheEndIsAFault) {
  open(1'000);
  const std::string init = pair_.a.take_texts().at(0);
  const std::string id = init.substr(init.find("stream-"), 28);

  EXPECT_FALSE(pair_.a.hear(
      R"({"type":"__STREAM_RESUME__","streamId":")" + id + R"(","offset":1001})", now));

  EXPECT_THAT(pair_.a.take<StreamTakes>(), IsEmpty());
}

TEST_F(StreamResumeTest, AStreamWithAllItsBytesJustEnds) {
  open_and_write(400);
  pair_.reconnect(now);
  forget_events();

  const StreamKey key = open(400);
  EXPECT_TRUE(pair_.run(now));
  EXPECT_EQ(offsets(), Offsets(400, 400));
  EXPECT_TRUE(pair_.a->end(key));
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(pair_.b.take<StreamEnded>().at(0).total_bytes, 400U);
}

TEST_F(StreamResumeTest, WhatRemainsCountsAgainstTheStatedSize) {
  open_and_write();
  pair_.reconnect(now);
  forget_events();
  const StreamKey key = open();
  EXPECT_TRUE(pair_.run(now));

  EXPECT_EQ(pair_.a->write(key, Bytes(601)).error(), TransferError::too_large);
}

TEST_F(StreamResumeTest, AnotherPeersTokenIsAnother) {
  open_and_write();
  pair_.reconnect(now);
  forget_events();
  const PeerId carol = test_peer(0xcc);
  pair_.b->link_opened(carol);

  EXPECT_TRUE(pair_.b->receive(
      carol, wire::StreamInit{.stream = "s", .total_size = 1'000, .resume_token = "t"}, now));

  EXPECT_EQ(pair_.b.take<StreamBegan>().at(0).offset, 0U);
}

}  // namespace
}  // namespace pigeon::transfer
