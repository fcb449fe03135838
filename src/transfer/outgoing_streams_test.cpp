#include "transfer/outgoing_streams.hpp"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;
using ::testing::VariantWith;

constexpr Now now{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};

class OutgoingStreamsTest : public ::testing::Test {
 protected:
  StreamKey open(StreamMeta meta = {.type = "binary"}) {
    const auto key = pair_.a->open(bob, std::move(meta), false, now);
    EXPECT_TRUE(key);
    return key.value_or(StreamKey{});
  }
  /// The id on the wire of the stream that was opened last.
  std::string id_on_wire() {
    const std::string init = pair_.a.take_texts().back();
    const std::size_t begin = init.find("stream-");
    return init.substr(begin, init.find('"', begin) - begin);
  }
  TransferError error_of_write(StreamKey key, BytesView data) {
    const auto written = pair_.a->write(key, data);
    EXPECT_FALSE(written);
    return written.error();
  }

  Pair pair_;
};

TEST_F(OutgoingStreamsTest, SpeaksAsUpstreamDoes) {
  const StreamKey key = open({.type = "file",
                              .filename = "f",
                              .mime_type = "m",
                              .total_size = 5'000,
                              .chunk_size = 4'096});
  const Bytes data = some_bytes(5'000);
  ASSERT_TRUE(pair_.a->write(key, data));
  ASSERT_TRUE(pair_.a->end(key));

  auto sent = pair_.a.take_sent();
  ASSERT_EQ(sent.size(), 6U);
  const auto init = std::get<std::string>(sent[0]);
  const std::string id = init.substr(init.find("stream-"), 28);
  EXPECT_THAT(id, MatchesRegex("stream-1700000000000-[0-9a-z]{7}"));
  EXPECT_EQ(init, R"({"type":"__STREAM_INIT__","streamId":")" + id +
                      R"(","metadata":{"streamId":")" + id +
                      R"(","type":"file","filename":"f","mimeType":"m","totalSize":5000,)"
                      R"("chunkSize":4096,"timestamp":1700000000000}})");
  const std::string chunk =
      R"({"type":"__STREAM_CHUNK__","streamId":")" + id + R"(","chunkIndex":)";
  EXPECT_EQ(std::get<std::string>(sent[1]), chunk + R"(0,"size":4096,"encoding":"binary"})");
  EXPECT_EQ(std::get<Bytes>(sent[2]), Bytes(data.begin(), data.begin() + 4'096));
  EXPECT_EQ(std::get<std::string>(sent[3]), chunk + R"(1,"size":904,"encoding":"binary"})");
  EXPECT_EQ(std::get<Bytes>(sent[4]), Bytes(data.begin() + 4'096, data.end()));
  EXPECT_EQ(std::get<std::string>(sent[5]),
            R"({"type":"__STREAM_END__","streamId":")" + id + R"(","totalChunks":2})");
}

TEST_F(OutgoingStreamsTest, ATokenIsOnlyToldToPeersThatAnswer) {
  open({.type = "file", .resume_token = "secret"});

  EXPECT_THAT(pair_.a.take_texts(), ElementsAre(::testing::Not(::testing::HasSubstr("secret"))));
  EXPECT_THAT(pair_.a.take<StreamTakes>(), SizeIs(1));
}

TEST_F(OutgoingStreamsTest, ChunksAreOfTheirSizeWithinUpstreamsBounds) {
  for (const auto& [wanted, used] : {std::pair<std::size_t, std::size_t>{0, 4'096},
                                     {5'000, 5'000},
                                     {16'384, 16'384},
                                     {1'000'000, 65'536}}) {
    const StreamKey key = open({.type = "binary", .chunk_size = wanted});
    pair_.a.take_sent();
    ASSERT_TRUE(pair_.a->write(key, some_bytes(70'000)));

    const auto sent = pair_.a.take_sent();
    EXPECT_EQ(std::get<Bytes>(sent[1]).size(), used);
    EXPECT_EQ(sent.size(), 2 * ((70'000 + used - 1) / used));
    ASSERT_TRUE(pair_.a->end(key));
    pair_.a->drained(bob, Now{});
  }
}

TEST_F(OutgoingStreamsTest, TakesAWindowAndMoreWhenTheChannelHasDrained) {
  const StreamKey key = open();
  auto takes = pair_.a.take<StreamTakes>();
  ASSERT_THAT(takes, SizeIs(1));
  EXPECT_EQ(takes[0].bytes, 262'144U);
  EXPECT_EQ(takes[0].offset, 0U);

  EXPECT_EQ(error_of_write(key, some_bytes(262'145)), TransferError::over_window);
  ASSERT_TRUE(pair_.a->write(key, some_bytes(262'144)));
  EXPECT_EQ(error_of_write(key, Bytes{1}), TransferError::over_window);
  EXPECT_EQ(pair_.a.take_wants_drained(), 1U);
  EXPECT_THAT(pair_.a.take<StreamTakes>(), IsEmpty());
  pair_.a->drained(bob, Now{});

  takes = pair_.a.take<StreamTakes>();
  ASSERT_THAT(takes, SizeIs(1));
  EXPECT_EQ(takes[0].bytes, 262'144U);
  EXPECT_EQ(takes[0].offset, 262'144U);
}

TEST_F(OutgoingStreamsTest, WhatItTakesAddsUp) {
  const StreamKey key = open();
  std::size_t budget = 0;
  for (int i = 0; i < 100; ++i) {
    for (const StreamTakes& takes : pair_.a.take<StreamTakes>()) budget += takes.bytes;
    // Whole pieces only, so that something is left over each time.
    for (; budget >= 100'000; budget -= 100'000) {
      ASSERT_TRUE(pair_.a->write(key, Bytes(100'000)));
    }
    ASSERT_EQ(pair_.a.take_wants_drained(), 1U) << i;
    pair_.a->drained(bob, Now{});
  }
  EXPECT_EQ(error_of_write(key, Bytes(262'145)), TransferError::over_window);
}

TEST_F(OutgoingStreamsTest, LittleWritesDoNotAskForDrainingEachTime) {
  const StreamKey key = open();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pair_.a->write(key, Bytes(100)));

  EXPECT_EQ(pair_.a.take_wants_drained(), 0U);
}

TEST_F(OutgoingStreamsTest, WhoWritesByteByByteCannotOverfillTheChannel) {
  const StreamKey key = open();
  pair_.a.take_events();
  std::size_t written = 0;
  while (pair_.a->write(key, Bytes{1})) ++written;

  std::size_t bytes = 0;
  for (const auto& frame : pair_.a.take_sent()) {
    bytes += std::visit([](const auto& data) { return data.size(); }, frame);
  }
  EXPECT_LT(bytes, std::size_t{4} << 20U);
  EXPECT_EQ(pair_.a.take_wants_drained(), 1U);
  pair_.a->drained(bob, Now{});
  EXPECT_THAT(pair_.a.take<StreamTakes>(), SizeIs(1));
  EXPECT_TRUE(pair_.a->write(key, Bytes{1}));
}

TEST_F(OutgoingStreamsTest, StreamsShareTheWindow) {
  const StreamKey first = open();
  const StreamKey second = open();
  ASSERT_TRUE(pair_.a->write(first, Bytes(262'144)));
  ASSERT_TRUE(pair_.a->write(second, Bytes(131'072)));
  pair_.a.take_events();

  for (int round = 0; round < 3; ++round) {
    pair_.a->drained(bob, Now{});
    const auto takes = pair_.a.take<StreamTakes>();
    ASSERT_THAT(takes, SizeIs(2));
    EXPECT_EQ(takes[0].bytes, 131'072U);
    EXPECT_EQ(takes[1].bytes, 131'072U);
    ASSERT_TRUE(pair_.a->write(first, Bytes(131'072)));
    ASSERT_TRUE(pair_.a->write(second, Bytes(131'072)));
  }
}

TEST_F(OutgoingStreamsTest, AnIdleStreamLeavesTheChannelToTheOthers) {
  open();
  const StreamKey busy = open();
  pair_.a.take_events();
  ASSERT_TRUE(pair_.a->write(busy, Bytes(131'072)));

  for (int round = 0; round < 10; ++round) {
    ASSERT_EQ(pair_.a.take_wants_drained(), 1U);
    pair_.a->drained(bob, Now{});
    const auto takes = pair_.a.take<StreamTakes>();
    ASSERT_THAT(takes, SizeIs(1));
    EXPECT_EQ(takes[0].stream, busy);
    ASSERT_TRUE(pair_.a->write(busy, Bytes(takes[0].bytes)));
  }
}

TEST_F(OutgoingStreamsTest, EvenManyStreamsTakeSomethingEach) {
  std::vector<StreamKey> keys;
  for (int i = 0; i < 64; ++i) keys.push_back(open());
  const auto one_more = pair_.a->open(bob, {}, false, now);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error(), TransferError::too_many);

  std::size_t all = 0;
  for (const StreamTakes& takes : pair_.a.take<StreamTakes>()) {
    EXPECT_GE(takes.bytes, 4'096U);
    all += takes.bytes;
    ASSERT_TRUE(pair_.a->write(takes.stream, Bytes(takes.bytes)));
  }
  EXPECT_LT(all, std::size_t{2} << 20U);
  ASSERT_TRUE(pair_.a->end(keys[5]));
  EXPECT_TRUE(pair_.a->open(bob, {}, false, now));
}

TEST_F(OutgoingStreamsTest, ANeighborThatNeverReadsGetsNoMoreStreams) {
  bool is_refused = false;
  for (int i = 0; i < 100'000 && !is_refused; ++i) {
    const auto key = pair_.a->open(bob, {}, false, now);
    is_refused = !key;
    if (is_refused) {
      EXPECT_EQ(key.error(), TransferError::over_window);
    } else {
      EXPECT_TRUE(pair_.a->abort(*key, "no"));
    }
  }
  EXPECT_TRUE(is_refused);
}

TEST_F(OutgoingStreamsTest, AnEmptyWriteIsNoChunk) {
  const StreamKey key = open();
  pair_.a.take_sent();

  EXPECT_TRUE(pair_.a->write(key, {}));

  EXPECT_THAT(pair_.a.take_sent(), IsEmpty());
}

TEST_F(OutgoingStreamsTest, HasExactlyTheSizeThatWasStated) {
  const StreamKey key = open({.type = "file", .total_size = 10});
  ASSERT_TRUE(pair_.a->write(key, Bytes(6)));

  EXPECT_EQ(error_of_write(key, Bytes(5)), TransferError::too_large);
  const auto ended = pair_.a->end(key);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), TransferError::too_short);
  ASSERT_TRUE(pair_.a->write(key, Bytes(4)));
  EXPECT_TRUE(pair_.a->end(key));

  const auto ends = pair_.a.take<StreamEnded>();
  ASSERT_THAT(ends, SizeIs(1));
  EXPECT_EQ(ends[0].total_bytes, 10U);
}

TEST_F(OutgoingStreamsTest, WhatNoReceiverReadsIsNotSent) {
  for (const StreamMeta& meta :
       {StreamMeta{.type = std::string(129, 'x')}, StreamMeta{.filename = std::string(1'025, 'x')},
        StreamMeta{.mime_type = std::string(1'025, 'x')},
        StreamMeta{.total_size = (std::uint64_t{1} << 53U) + 1},
        StreamMeta{.resume_token = std::string(129, 'x')}}) {
    const auto opened = pair_.a->open(bob, meta, true, now);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), TransferError::too_large);
  }
  EXPECT_THAT(pair_.a.take_sent(), IsEmpty());
  EXPECT_TRUE(pair_.a->open(bob,
                            {.type = std::string(128, 'x'),
                             .filename = std::string(1'024, '"'),
                             .mime_type = std::string(1'024, '\n'),
                             .total_size = std::uint64_t{1} << 53U,
                             .resume_token = std::string(128, 'x')},
                            true, now));
  EXPECT_TRUE(pair_.run(now));
}

TEST_F(OutgoingStreamsTest, AfterTheEndNothingCanBeWritten) {
  const StreamKey key = open();
  ASSERT_TRUE(pair_.a->end(key));

  EXPECT_EQ(error_of_write(key, Bytes{1}), TransferError::ended);
  EXPECT_EQ(pair_.a->end(key).error(), TransferError::ended);
  EXPECT_EQ(pair_.a->abort(key, "").error(), TransferError::ended);
  EXPECT_EQ(error_of_write(StreamKey{99}, Bytes{1}), TransferError::unknown_stream);
}

TEST_F(OutgoingStreamsTest, ItsAbortIsToldToTheOtherSide) {
  const StreamKey key = open();
  const std::string id = id_on_wire();

  ASSERT_TRUE(pair_.a->abort(key, "no \"reason\""));

  EXPECT_THAT(pair_.a.take_texts(), ElementsAre(R"({"type":"__STREAM_ABORT__","streamId":")" + id +
                                                R"(","reason":"no \"reason\""})"));
  EXPECT_EQ(error_of_write(key, Bytes{1}), TransferError::ended);
  EXPECT_THAT(pair_.a.take<StreamBroken>(), IsEmpty());
}

TEST_F(OutgoingStreamsTest, TheOtherSideMayAbortIt) {
  const StreamKey key = open();
  const std::string id = id_on_wire();
  const std::string abort =
      R"({"type":"__STREAM_ABORT__","streamId":")" + id + R"(","reason":"full"})";

  EXPECT_TRUE(pair_.a.hear(abort));

  const auto broken = pair_.a.take<StreamBroken>();
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_EQ(broken[0].stream, key);
  EXPECT_EQ(broken[0].reason, "full");
  EXPECT_EQ(error_of_write(key, Bytes{1}), TransferError::ended);
  EXPECT_THAT(pair_.a.take_sent(), IsEmpty());
}

TEST_F(OutgoingStreamsTest, AnAbortThatCrossesTheEndIsNoFault) {
  const StreamKey key = open();
  const std::string id = id_on_wire();
  ASSERT_TRUE(pair_.a->end(key));
  pair_.a.take_events();

  EXPECT_TRUE(
      pair_.a.hear(R"({"type":"__STREAM_ABORT__","streamId":")" + id + R"(","reason":""})"));
  EXPECT_FALSE(pair_.a.hear(R"({"type":"__STREAM_ABORT__","streamId":"x","reason":""})"));

  EXPECT_THAT(pair_.a.take_events(), IsEmpty());
}

TEST_F(OutgoingStreamsTest, ALostLinkBreaksAllOfThem) {
  const StreamKey first = open();
  const StreamKey second = open();
  pair_.a.take_events();

  pair_.a->link_closed(bob, now);

  const auto broken = pair_.a.take<StreamBroken>();
  ASSERT_THAT(broken, SizeIs(2));
  EXPECT_EQ(broken[0].stream, first);
  EXPECT_EQ(broken[1].stream, second);
  EXPECT_EQ(error_of_write(first, Bytes{1}), TransferError::ended);
  const auto opened = pair_.a->open(bob, {}, false, now);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), TransferError::not_linked);
}

TEST_F(OutgoingStreamsTest, KeysAreNeverUsedAgain) {
  const StreamKey first = open();
  ASSERT_TRUE(pair_.a->end(first));

  EXPECT_NE(open(), first);
}

}  // namespace
}  // namespace pigeon::transfer
