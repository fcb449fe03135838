#include "wire/broadcast_part.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/limits.hpp"
#include "wire/peer_message_testing.hpp"

namespace pigeon::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// As 1.1.3 writes them.
const std::string first_of_1_1_3 =
    R"({"streamId":"stream_1700000000000_ab12cd3","chunkIndex":0,"data":[0,255,17],"totalSize":3,)"
    R"("metadata":{"streamId":"stream_1700000000000_ab12cd3","type":"file","filename":"f",)"
    R"("mimeType":"m","totalSize":3,"timestamp":1700000000000}})";
const std::string end_of_1_1_3 =
    R"({"streamId":"stream_1700000000000_ab12cd3","action":"end","totalChunks":1,"totalBytes":3,)"
    R"("metadata":{"streamId":"stream_1700000000000_ab12cd3","type":"file","filename":"f",)"
    R"("mimeType":"m","totalSize":3,"timestamp":1700000000000}})";
const std::string abort_of_1_1_3 =
    R"({"streamId":"stream_1700000000000_ab12cd3","action":"abort","reason":"no more",)"
    R"("metadata":{"streamId":"stream_1700000000000_ab12cd3","type":"broadcast",)"
    R"("timestamp":1700000000000}})";
constexpr std::int64_t noon = 1'700'000'000'000;

class BroadcastPartTest : public ::testing::Test {
 protected:
  Result<BroadcastChunk, WireError> chunk(std::string_view text) {
    const auto content = reader_.parse(text);
    if (!content) return Unexpected(content.error());
    return decode_broadcast_chunk(*content, reader_);
  }
  Result<BroadcastControl, WireError> control(std::string_view text) {
    const auto content = reader_.parse(text);
    if (!content) return Unexpected(content.error());
    return decode_broadcast_control(*content, reader_);
  }
  JsonReader reader_;
};

TEST_F(BroadcastPartTest, ReadsAndWritesTheFirstChunkOf113) {
  const auto first = chunk(first_of_1_1_3);

  ASSERT_TRUE(first);
  EXPECT_EQ(first->stream, "stream_1700000000000_ab12cd3");
  EXPECT_EQ(first->index, 0U);
  EXPECT_THAT(first->data, ElementsAre(0, 255, 17));
  EXPECT_EQ(first->total_size, 3U);
  ASSERT_TRUE(first->metadata);
  EXPECT_EQ(first->metadata->type, "file");
  EXPECT_EQ(first->metadata->filename, "f");
  EXPECT_EQ(first->metadata->mime_type, "m");
  EXPECT_EQ(first->metadata->total_size, 3U);
  EXPECT_EQ(encode_content(*first, noon), first_of_1_1_3);
}

TEST_F(BroadcastPartTest, LaterChunksHaveNoMetadata) {
  const std::string text = R"({"streamId":"s","chunkIndex":7,"data":[]})";

  const auto later = chunk(text);

  ASSERT_TRUE(later);
  EXPECT_EQ(later->index, 7U);
  EXPECT_THAT(later->data, IsEmpty());
  EXPECT_FALSE(later->total_size);
  EXPECT_FALSE(later->metadata);
  EXPECT_EQ(encode_content(*later, noon), text);
}

TEST_F(BroadcastPartTest, ReadsAndWritesTheEndOf113) {
  const auto decoded = control(end_of_1_1_3);

  ASSERT_TRUE(decoded);
  const auto& end = std::get<BroadcastEnd>(*decoded);
  EXPECT_EQ(end.total_chunks, 1U);
  EXPECT_EQ(end.total_bytes, 3U);
  EXPECT_EQ(end.metadata.filename, "f");
  EXPECT_EQ(encode_content(end, noon), end_of_1_1_3);
}

TEST_F(BroadcastPartTest, ReadsAndWritesTheAbortOf113) {
  const auto decoded = control(abort_of_1_1_3);

  ASSERT_TRUE(decoded);
  const auto& abort = std::get<BroadcastAbort>(*decoded);
  EXPECT_EQ(abort.reason, "no more");
  EXPECT_EQ(encode_content(abort, noon), abort_of_1_1_3);
}

TEST_F(BroadcastPartTest, ALongReasonIsCut) {
  const std::string text =
      R"({"streamId":"s","action":"abort","reason":")" + std::string(5'000, 'x') + R"("})";
  const auto decoded = control(text);

  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<BroadcastAbort>(*decoded).reason.size(), reason_bytes_max);
}

TEST_F(BroadcastPartTest, NoBeginningOfAPartIsOne) {
  for (std::size_t size = 0; size < first_of_1_1_3.size(); ++size) {
    EXPECT_FALSE(chunk(std::string_view(first_of_1_1_3).substr(0, size))) << size;
  }
  for (const std::string& text : {end_of_1_1_3, abort_of_1_1_3}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      EXPECT_FALSE(control(std::string_view(text).substr(0, size))) << size;
    }
  }
}

TEST_F(BroadcastPartTest, RefusesMalformedChunks) {
  const auto refuses = [this](std::string_view part, std::string_view replacement) {
    const auto decoded = chunk(with(first_of_1_1_3, part, replacement));
    return !decoded && decoded.error() == WireError::bad_field;
  };
  EXPECT_TRUE(refuses("\"chunkIndex\":0", "\"chunkIndex\":-1"));
  EXPECT_TRUE(refuses("\"chunkIndex\":0", "\"chunkIndex\":9007199254740993"));
  EXPECT_TRUE(refuses("\"chunkIndex\":0", "\"chunkIndex\":\"0\""));
  EXPECT_TRUE(refuses("\"chunkIndex\":0,", ""));
  EXPECT_TRUE(refuses("[0,255,17]", "[0,256,17]"));
  EXPECT_TRUE(refuses("[0,255,17]", "\"AP8R\""));
  EXPECT_TRUE(refuses("\"data\"", "\"dato\""));
  EXPECT_TRUE(refuses("\"totalSize\":3,\"metadata\"", "\"totalSize\":-3,\"metadata\""));
  EXPECT_TRUE(refuses("\"totalSize\":3,\"metadata\"", "\"chunkIndex\":3,\"metadata\""));
  EXPECT_TRUE(refuses("\"f\"", "[]"));
  EXPECT_TRUE(refuses("\"f\"", "\"" + std::string(filename_bytes_max + 1, 'f') + "\""));
  EXPECT_TRUE(refuses("\"mimeType\"", "\"filename\""));
  EXPECT_TRUE(refuses("stream_1700000000000_ab12cd3", ""));
  EXPECT_TRUE(refuses("stream_1700000000000_ab12cd3", std::string(name_bytes_max + 1, 's')));
  EXPECT_FALSE(chunk("[]"));
  EXPECT_FALSE(chunk("null"));
}

TEST_F(BroadcastPartTest, RefusesMalformedControls) {
  const auto refuses = [this](std::string_view part, std::string_view replacement) {
    const auto decoded = control(with(end_of_1_1_3, part, replacement));
    return !decoded && decoded.error() == WireError::bad_field;
  };
  EXPECT_TRUE(refuses("\"end\"", "\"pause\""));
  EXPECT_TRUE(refuses("\"end\"", "1"));
  EXPECT_TRUE(refuses("\"totalChunks\":1,", ""));
  EXPECT_TRUE(refuses("\"totalBytes\":3,", ""));
  EXPECT_TRUE(refuses("\"totalBytes\":3", "\"totalBytes\":1.5"));
  EXPECT_TRUE(refuses("\"totalBytes\":3,\"metadata\"", "\"totalChunks\":3,\"metadata\""));
  EXPECT_FALSE(control("{}"));
}

TEST_F(BroadcastPartTest, TheBytesOfAChunkAreBounded) {
  BroadcastChunk largest{.stream = "s", .index = 1, .data = Bytes(broadcast_chunk_bytes_max, 7)};
  EXPECT_TRUE(chunk(encode_content(largest, noon)));
  largest.data.push_back(7);
  EXPECT_FALSE(chunk(encode_content(largest, noon)));
}

}  // namespace
}  // namespace pigeon::wire
