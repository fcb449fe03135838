#include "transfer/incoming_streams.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string init(const std::string& id, const std::string& more = "") {
  return R"({"type":"__STREAM_INIT__","streamId":")" + id + R"(","metadata":{"streamId":")" + id +
         R"(","type":"file")" + more + R"(,"chunkSize":16384,"timestamp":1}})";
}
std::string chunk(const std::string& id, std::size_t index, std::size_t size) {
  return R"({"type":"__STREAM_CHUNK__","streamId":")" + id + R"(","chunkIndex":)" +
         std::to_string(index) + R"(,"size":)" + std::to_string(size) + R"(,"encoding":"binary"})";
}
std::string end(const std::string& id, std::size_t chunks) {
  return R"({"type":"__STREAM_END__","streamId":")" + id + R"(","totalChunks":)" +
         std::to_string(chunks) + "}";
}
std::string abort(const std::string& id, const std::string& reason = "Stream aborted") {
  return R"({"type":"__STREAM_ABORT__","streamId":")" + id + R"(","reason":")" + reason + "\"}";
}

class IncomingStreamsTest : public ::testing::Test {
 protected:
  explicit IncomingStreamsTest(const TransferOptions& options = {})
      : side_(bob, alice, options, 1) {}

  /// A stream of this name that has begun.
  StreamKey begin(const std::string& id, const std::string& more = "") {
    EXPECT_TRUE(side_.hear(init(id, more)));
    const auto began = side_.take<StreamBegan>();
    EXPECT_EQ(began.size(), 1U);
    return began.empty() ? StreamKey{} : began[0].stream;
  }
  bool hear_chunk(const std::string& id, std::size_t index, const Bytes& data) {
    return side_.hear(chunk(id, index, data.size())) && side_.hear(data);
  }
  /// The stream has been aborted to both sides, and takes no more.
  void expect_aborted(const std::string& id, StreamKey key, const std::string& reason) {
    EXPECT_THAT(side_.take_texts(), ElementsAre(abort(id, reason)));
    const auto broken = side_.take<StreamBroken>();
    ASSERT_EQ(broken.size(), 1U);
    EXPECT_EQ(broken[0].stream, key);
    EXPECT_EQ(broken[0].reason, reason);
    EXPECT_TRUE(hear_chunk(id, 0, {1}));
    EXPECT_THAT(side_.take_events(), IsEmpty());
  }

  Side side_;
};

TEST_F(IncomingStreamsTest, ArrivesInOrderAndIsHandedOnAtOnce) {
  EXPECT_TRUE(side_.hear(init("s", R"(,"filename":"f","mimeType":"m","totalSize":5)")));
  EXPECT_TRUE(hear_chunk("s", 0, {1, 2, 3}));
  auto events = side_.take_events();
  ASSERT_EQ(events.size(), 2U);
  const auto& began = std::get<StreamBegan>(events[0]);
  EXPECT_EQ(began.from, alice);
  EXPECT_EQ(began.meta.type, "file");
  EXPECT_EQ(began.meta.filename, "f");
  EXPECT_EQ(began.meta.mime_type, "m");
  EXPECT_EQ(began.meta.total_size, 5U);
  EXPECT_EQ(began.meta.chunk_size, 16'384U);
  EXPECT_EQ(std::get<StreamBytes>(events[1]).data, (Bytes{1, 2, 3}));

  EXPECT_TRUE(hear_chunk("s", 1, {4, 5}));
  EXPECT_TRUE(side_.hear(end("s", 2)));

  events = side_.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<StreamBytes>(events[0]).data, (Bytes{4, 5}));
  EXPECT_EQ(std::get<StreamEnded>(events[1]).total_bytes, 5U);
  // Upstream's peers know no answers.
  EXPECT_THAT(side_.take_sent(), IsEmpty());
}

TEST_F(IncomingStreamsTest, TheOlderFormWithNumbersIsUnderstood) {
  begin("s");

  EXPECT_TRUE(
      side_.hear(R"({"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":0,"data":[1,2,255]})"));
  EXPECT_TRUE(side_.hear(end("s", 1)));

  EXPECT_EQ(side_.take<StreamBytes>().at(0).data, (Bytes{1, 2, 255}));
  EXPECT_THAT(side_.take<StreamEnded>(), SizeIs(1));
}

TEST_F(IncomingStreamsTest, StreamsAndMessagesShareTheOrderOfFrames) {
  const StreamKey first = begin("1");
  const StreamKey second = begin("2");
  EXPECT_TRUE(side_.hear(chunk("1", 0, 1)));
  EXPECT_TRUE(side_.hear(R"({"type":"__BINARY__","size":1})"));
  EXPECT_TRUE(side_.hear(chunk("2", 0, 1)));

  for (std::uint8_t i = 1; i <= 3; ++i) EXPECT_TRUE(side_.hear(Bytes{i}));

  EXPECT_EQ(side_.take<BinaryArrived>().at(0).data, Bytes{2});
  const auto bytes = side_.take<StreamBytes>();
  ASSERT_EQ(bytes.size(), 2U);
  EXPECT_EQ(bytes[0].stream, first);
  EXPECT_EQ(bytes[0].data, Bytes{1});
  EXPECT_EQ(bytes[1].stream, second);
  EXPECT_EQ(bytes[1].data, Bytes{3});
}

TEST_F(IncomingStreamsTest, AnEmptyStreamIsAStream) {
  begin("s", R"(,"totalSize":0)");

  EXPECT_TRUE(side_.hear(end("s", 0)));

  const auto ended = side_.take<StreamEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].total_bytes, 0U);
}

TEST_F(IncomingStreamsTest, AnEmptyChunkOnlyCounts) {
  begin("s");

  EXPECT_TRUE(hear_chunk("s", 0, {}));
  EXPECT_TRUE(side_.hear(end("s", 1)));

  EXPECT_THAT(side_.take<StreamBytes>(), IsEmpty());
}

TEST_F(IncomingStreamsTest, AChunkOfAnotherSizeAbortsItsStream) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(side_.hear(chunk("s", 0, 3)));

  EXPECT_FALSE(side_.hear(Bytes{1, 2}));

  expect_aborted("s", key, "a chunk of another size");
}

TEST_F(IncomingStreamsTest, AMissingChunkAbortsItsStream) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(hear_chunk("s", 0, {1}));
  side_.take_events();

  EXPECT_FALSE(side_.hear(chunk("s", 2, 1)));
  EXPECT_TRUE(side_.hear(Bytes{1}));

  expect_aborted("s", key, "a chunk is missing");
}

TEST_F(IncomingStreamsTest, AChunkTwiceAbortsItsStream) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(hear_chunk("s", 0, {1}));
  side_.take_events();

  EXPECT_FALSE(side_.hear(chunk("s", 0, 1)));
  EXPECT_TRUE(side_.hear(Bytes{1}));

  expect_aborted("s", key, "a chunk is missing");
}

TEST_F(IncomingStreamsTest, MoreThanStatedAbortsIt) {
  const StreamKey key = begin("s", R"(,"totalSize":3)");
  EXPECT_TRUE(side_.hear(chunk("s", 0, 2)));

  EXPECT_FALSE(side_.hear(chunk("s", 1, 2)));
  EXPECT_TRUE(side_.hear(Bytes{1, 2}));
  EXPECT_TRUE(side_.hear(Bytes{1, 2}));

  expect_aborted("s", key, "more bytes than were stated");
}

TEST_F(IncomingStreamsTest, FewerThanStatedBreaksIt) {
  const StreamKey key = begin("s", R"(,"totalSize":3)");
  EXPECT_TRUE(hear_chunk("s", 0, {1, 2}));
  side_.take_events();

  EXPECT_FALSE(side_.hear(end("s", 1)));

  expect_aborted("s", key, "fewer bytes than were stated");
}

TEST_F(IncomingStreamsTest, AnEndBeforeTheLastChunkBreaksIt) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(side_.hear(chunk("s", 0, 1)));

  EXPECT_FALSE(side_.hear(end("s", 1)));
  EXPECT_TRUE(side_.hear(Bytes{1}));

  expect_aborted("s", key, "chunks are missing");
}

TEST_F(IncomingStreamsTest, AnEndThatCountsOtherwiseBreaksIt) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(hear_chunk("s", 0, {1}));
  side_.take_events();

  EXPECT_FALSE(side_.hear(end("s", 2)));

  expect_aborted("s", key, "chunks are missing");
}

TEST_F(IncomingStreamsTest, AChunkOfTheOlderFormCannotOvertake) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(side_.hear(chunk("s", 0, 1)));

  EXPECT_FALSE(
      side_.hear(R"({"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":1,"data":[1]})"));
  EXPECT_TRUE(side_.hear(Bytes{1}));

  expect_aborted("s", key, "a chunk before its turn");
}

TEST_F(IncomingStreamsTest, AChunkThatIsTooLargeAbortsItsStream) {
  const StreamKey key = begin("s");

  EXPECT_FALSE(side_.hear(chunk("s", 0, 262'145)));
  EXPECT_TRUE(side_.hear(Bytes(262'145)));

  expect_aborted("s", key, "a chunk is too large");
}

TEST_F(IncomingStreamsTest, TheEndTwiceIsAFault) {
  begin("s");
  EXPECT_TRUE(side_.hear(end("s", 0)));

  EXPECT_FALSE(side_.hear(end("s", 0)));
  EXPECT_FALSE(side_.hear(abort("s")));

  EXPECT_THAT(side_.take<StreamEnded>(), SizeIs(1));
  EXPECT_THAT(side_.take<StreamBroken>(), IsEmpty());
}

TEST_F(IncomingStreamsTest, AChunkOfNoStreamTakesItsFrameWithIt) {
  EXPECT_FALSE(side_.hear(chunk("s", 0, 1)));
  EXPECT_TRUE(side_.hear(R"({"type":"__BINARY__","size":1})"));
  EXPECT_TRUE(side_.hear(Bytes{1}));
  EXPECT_TRUE(side_.hear(Bytes{2}));

  EXPECT_EQ(side_.take<BinaryArrived>().at(0).data, Bytes{2});
  EXPECT_FALSE(side_.hear(end("s", 1)));
  EXPECT_THAT(side_.take_events(), IsEmpty());
}

TEST_F(IncomingStreamsTest, ASecondInitOfAnOpenStreamIsDropped) {
  begin("s");
  EXPECT_TRUE(hear_chunk("s", 0, {1}));

  EXPECT_FALSE(side_.hear(init("s")));

  EXPECT_TRUE(hear_chunk("s", 1, {2}));
  EXPECT_TRUE(side_.hear(end("s", 2)));
  EXPECT_THAT(side_.take<StreamBegan>(), IsEmpty());
  EXPECT_THAT(side_.take<StreamEnded>(), SizeIs(1));
}

TEST_F(IncomingStreamsTest, ANameMayBeUsedAgainAfterTheEndOrAnAbort) {
  const StreamKey first = begin("s");
  EXPECT_TRUE(side_.hear(end("s", 0)));
  const StreamKey second = begin("s");
  EXPECT_NE(first, second);
  EXPECT_TRUE(side_->abort(second, ""));
  begin("s");

  EXPECT_TRUE(hear_chunk("s", 0, {1}));
  EXPECT_TRUE(side_.hear(end("s", 1)));
  EXPECT_FALSE(side_.hear(end("s", 1)));
}

TEST_F(IncomingStreamsTest, TheSenderMayAbortIt) {
  const StreamKey key = begin("s");

  EXPECT_TRUE(side_.hear(abort("s", std::string(400, 'x'))));

  const auto broken = side_.take<StreamBroken>();
  ASSERT_EQ(broken.size(), 1U);
  EXPECT_EQ(broken[0].stream, key);
  EXPECT_EQ(broken[0].reason, std::string(256, 'x'));
  EXPECT_FALSE(side_.hear(abort("s")));
}

TEST_F(IncomingStreamsTest, TheReceiverMayAbortItAndUpstreamsRestIsNoFault) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(side_.hear(chunk("s", 0, 1)));

  ASSERT_TRUE(side_->abort(key, "no room"));

  EXPECT_THAT(side_.take_texts(), ElementsAre(abort("s", "no room")));
  // Upstream's peers go on to the end.
  EXPECT_TRUE(side_.hear(Bytes{1}));
  for (std::size_t i = 1; i < 100; ++i) EXPECT_TRUE(hear_chunk("s", i, {1}));
  EXPECT_TRUE(side_.hear(end("s", 100)));
  EXPECT_THAT(side_.take_events(), IsEmpty());
  EXPECT_THAT(side_.take_sent(), IsEmpty());
}

TEST_F(IncomingStreamsTest, CannotBeWritten) {
  const StreamKey key = begin("s");

  EXPECT_EQ(side_->write(key, Bytes{1}).error(), TransferError::unknown_stream);
  EXPECT_EQ(side_->end(key).error(), TransferError::unknown_stream);
}

TEST_F(IncomingStreamsTest, ALostLinkBreaksAllOfThem) {
  const StreamKey first = begin("1");
  const StreamKey second = begin("2");

  side_->link_closed(alice, {});

  const auto broken = side_.take<StreamBroken>();
  ASSERT_EQ(broken.size(), 2U);
  EXPECT_EQ(broken[0].stream, first);
  EXPECT_EQ(broken[1].stream, second);
  EXPECT_EQ(side_->abort(first, "").error(), TransferError::ended);
}

TEST_F(IncomingStreamsTest, AHundredThousandInitsOpenNoMoreThanTheBound) {
  std::size_t taken = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (side_.hear(init("s" + std::to_string(i)))) ++taken;
  }

  EXPECT_EQ(taken, 64U);
  EXPECT_THAT(side_.take<StreamBegan>(), SizeIs(64));
  // The answers are bounded, too, because this neighbor may not read them.
  std::size_t bytes = 0;
  for (const std::string& text : side_.take_texts()) bytes += text.size();
  EXPECT_LT(bytes, (std::size_t{3} << 20U) + 1'000);
}

TEST_F(IncomingStreamsTest, ARefusedStreamIsAborted) {
  for (int i = 0; i < 64; ++i) begin("s" + std::to_string(i));

  EXPECT_FALSE(side_.hear(init("one more")));

  EXPECT_THAT(side_.take_texts(), ElementsAre(abort("one more", "too many streams")));
  EXPECT_TRUE(hear_chunk("one more", 0, {1}));
  EXPECT_TRUE(side_.hear(end("one more", 1)));
}

TEST_F(IncomingStreamsTest, AnnouncedChunksAreBounded) {
  const StreamKey key = begin("s");
  for (std::size_t i = 0; i < 256; ++i) EXPECT_TRUE(side_.hear(chunk("s", i, 1)));

  EXPECT_FALSE(side_.hear(chunk("s", 256, 1)));
  for (std::size_t i = 0; i < 257; ++i) EXPECT_TRUE(side_.hear(Bytes{1}));

  expect_aborted("s", key, "too many chunks announced");
  EXPECT_FALSE(side_.hear(Bytes{1}));
}

class BoundedStreamsTest : public IncomingStreamsTest {
 protected:
  BoundedStreamsTest() : IncomingStreamsTest({.stream_bytes_max = 4}) {}
};

TEST_F(BoundedStreamsTest, AStreamThatIsStatedToBeLongerIsRefused) {
  EXPECT_FALSE(side_.hear(init("s", R"(,"totalSize":5)")));
  EXPECT_THAT(side_.take_texts(), ElementsAre(abort("s", "too large")));
  EXPECT_THAT(side_.take_events(), IsEmpty());

  begin("s", R"(,"totalSize":4)");
}

TEST_F(BoundedStreamsTest, AStreamThatBecomesLongerIsAborted) {
  const StreamKey key = begin("s");
  EXPECT_TRUE(hear_chunk("s", 0, {1, 2, 3}));
  side_.take_events();

  EXPECT_FALSE(side_.hear(chunk("s", 1, 2)));
  EXPECT_TRUE(side_.hear(Bytes{1, 2}));

  expect_aborted("s", key, "more bytes than were stated");
}

}  // namespace
}  // namespace pigeon::transfer
