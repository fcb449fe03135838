#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view init_of_1_1_3 =
    R"({"type":"__STREAM_INIT__","streamId":"stream-1700000000000-ab12cd3",)"
    R"("metadata":{"streamId":"stream-1700000000000-ab12cd3","type":"file","filename":"f",)"
    R"("mimeType":"m","totalSize":10,"chunkSize":16384,"timestamp":1}})";

class DecodeStreamTest : public ::testing::Test, protected PeerMessageReading {};

TEST_F(DecodeStreamTest, BinaryHeadersRoundTrip) {
  EXPECT_EQ(encode(BinaryHeader{4}), R"({"type":"__BINARY__","size":4})");
  EXPECT_EQ(decode<BinaryHeader>(encode(BinaryHeader{262'144})).size, 262'144U);
  for (const std::string_view wrong : {"-1", "1.5", "\"4\"", "null", "9007199254740993", "[]"}) {
    EXPECT_EQ(error_of(R"({"type":"__BINARY__","size":)" + std::string(wrong) + "}"),
              WireError::bad_field)
        << wrong;
  }
  EXPECT_EQ(error_of(R"({"type":"__BINARY__"})"), WireError::bad_field);
}

TEST_F(DecodeStreamTest, ReadsAndWritesTheInitOf113) {
  const auto init = decode<StreamInit>(init_of_1_1_3);

  EXPECT_EQ(init.stream, "stream-1700000000000-ab12cd3");
  EXPECT_EQ(init.type, "file");
  EXPECT_EQ(init.filename, "f");
  EXPECT_EQ(init.mime_type, "m");
  EXPECT_EQ(init.total_size, 10U);
  EXPECT_EQ(init.chunk_size, 16'384U);
  EXPECT_EQ(init.resume_token, "");
  EXPECT_EQ(encode(init, 1), init_of_1_1_3);
  EXPECT_TRUE(decodes_only_whole(init_of_1_1_3));
}

TEST_F(DecodeStreamTest, InitsWithATokenRoundTrip) {
  const std::string text = encode(StreamInit{.stream = "s",
                                             .type = "file",
                                             .filename = "a \"b\".txt",
                                             .chunk_size = 4'096,
                                             .resume_token = "token"},
                                  5);

  const auto init = decode<StreamInit>(text);
  EXPECT_EQ(init.filename, "a \"b\".txt");
  EXPECT_EQ(init.mime_type, "");
  EXPECT_FALSE(init.total_size.has_value());
  EXPECT_EQ(init.resume_token, "token");
}

TEST_F(DecodeStreamTest, TakesAnInitWithoutMetadata) {
  const auto init = decode<StreamInit>(R"({"type":"__STREAM_INIT__","streamId":"s"})");

  EXPECT_EQ(init.chunk_size, 0U);
  EXPECT_FALSE(init.total_size.has_value());
}

TEST_F(DecodeStreamTest, RefusesMalformedInits) {
  const std::string whole(init_of_1_1_3);
  EXPECT_EQ(error_of(with(whole, "totalSize\":10", "totalSize\":-10")), WireError::bad_field);
  EXPECT_EQ(error_of(with(whole, "chunkSize\":16384", "chunkSize\":{}")), WireError::bad_field);
  EXPECT_EQ(error_of(with(whole, "\"f\"", "[\"f\"]")), WireError::bad_field);
  EXPECT_EQ(error_of(with(whole, "\"f\"", "\"" + std::string(filename_bytes_max + 1, 'f') + "\"")),
            WireError::bad_field);
  EXPECT_EQ(error_of(with(whole, "\"timestamp\"", "\"filename\"")), WireError::bad_field);
  EXPECT_EQ(error_of(R"({"type":"__STREAM_INIT__"})"), WireError::bad_field);
}

TEST_F(DecodeStreamTest, ChunksRoundTrip) {
  const std::string text =
      R"({"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":3,"size":10,"encoding":"binary"})";
  const auto chunk = decode<StreamChunk>(text);

  EXPECT_EQ(chunk.stream, "s");
  EXPECT_EQ(chunk.index, 3U);
  EXPECT_EQ(chunk.size, 10U);
  EXPECT_TRUE(chunk.is_binary);
  EXPECT_THAT(chunk.data, IsEmpty());
  EXPECT_EQ(encode(chunk), text);
  EXPECT_TRUE(decodes_only_whole(text));
}

TEST_F(DecodeStreamTest, ReadsTheOlderFormOfChunks) {
  const auto chunk = decode<StreamChunk>(
      R"({"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":0,"data":[0, 255 ,17]})");

  EXPECT_FALSE(chunk.is_binary);
  EXPECT_EQ(chunk.size, 3U);
  EXPECT_THAT(chunk.data, ElementsAre(0, 255, 17));
  EXPECT_THAT(decode<StreamChunk>(encode(chunk)).data, ElementsAre(0, 255, 17));
}

TEST_F(DecodeStreamTest, BoundsTheOlderForm) {
  StreamChunk largest{.stream = "s", .data = std::vector<std::uint8_t>(chunk_bytes_max, 7)};
  EXPECT_EQ(decode<StreamChunk>(encode(largest)).data.size(), chunk_bytes_max);
  largest.data.push_back(7);
  EXPECT_EQ(error_of(encode(largest)), WireError::bad_field);
  for (const std::string_view data :
       {"[256]", "[-1]", "[1.5]", "[\"1\"]", "[[]]", "{}", "1", "null"}) {
    EXPECT_EQ(error_of(R"({"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":0,"data":)" +
                       std::string(data) + "}"),
              WireError::bad_field)
        << data;
  }
}

TEST_F(DecodeStreamTest, EndsAbortsAndResumptionsRoundTrip) {
  const std::string end = R"({"type":"__STREAM_END__","streamId":"s","totalChunks":1})";
  EXPECT_EQ(decode<StreamEnd>(end).total_chunks, 1U);
  EXPECT_EQ(encode(decode<StreamEnd>(end)), end);

  const std::string abort =
      R"({"type":"__STREAM_ABORT__","streamId":"s","reason":"Stream aborted"})";
  EXPECT_EQ(decode<StreamAbort>(abort).reason, "Stream aborted");
  EXPECT_EQ(encode(decode<StreamAbort>(abort)), abort);

  const std::string resume = R"({"type":"__STREAM_RESUME__","streamId":"s","offset":1})";
  EXPECT_EQ(decode<StreamResume>(resume).offset, 1U);
  EXPECT_EQ(encode(decode<StreamResume>(resume)), resume);
  for (const std::string& text : {end, abort, resume}) EXPECT_TRUE(decodes_only_whole(text));
}

TEST_F(DecodeStreamTest, RefusesFramesOfNoStream) {
  for (const std::string_view type : {"INIT", "CHUNK", "END", "ABORT", "RESUME"}) {
    for (const std::string_view stream : {"\"\"", "1", "null", "{}"}) {
      EXPECT_EQ(error_of(R"({"type":"__STREAM_)" + std::string(type) + R"(__","chunkIndex":0,)" +
                         R"("size":1,"encoding":"binary","totalChunks":1,"offset":1,"streamId":)" +
                         std::string(stream) + "}"),
                WireError::bad_field)
          << type << stream;
    }
  }
}

}  // namespace
}  // namespace pigeon::wire
