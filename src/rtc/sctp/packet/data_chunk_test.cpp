#include "rtc/sctp/packet/data_chunk.hpp"

#include <gtest/gtest.h>

#include "rtc/sctp/packet/packet_testing.hpp"

namespace pigeon::sctp {
namespace {

std::string hex_of(const DataChunk& data) {
  return chunk_hex([&](PacketWriter& writer) { return encode(data, writer); });
}

// RFC 9260 section 3.3.1.
TEST(DataChunkTest, LiesAsTheRfcDrawsIt) {
  const DataChunk data = {.immediate = true,
                          .beginning = true,
                          .tsn = 0x01020304,
                          .stream = 0x0506,
                          .message = 0x0708,
                          .ppid = Ppid::string,
                          .payload = as_bytes("hello")};

  EXPECT_EQ(hex_of(data),
            "000a0015"
            "01020304"
            "05060708"
            "00000033"
            "68656c6c6f000000");
}

TEST(DataChunkTest, ReadsWhatWasWritten) {
  const Bytes bytes = *decode_hex(
      "000500120a0b0c0d0001000200000032"
      "6869");

  const auto data = decode_data(chunk_of(bytes));

  ASSERT_TRUE(data);
  EXPECT_FALSE(data->interleaved);
  EXPECT_FALSE(data->immediate);
  EXPECT_TRUE(data->unordered);
  EXPECT_FALSE(data->beginning);
  EXPECT_TRUE(data->ending);
  EXPECT_EQ(data->tsn, 0x0a0b0c0dU);
  EXPECT_EQ(data->stream, 1);
  EXPECT_EQ(data->message, 2U);
  EXPECT_EQ(data->fragment, 0U);
  EXPECT_EQ(data->ppid, Ppid::dcep);
  EXPECT_EQ(as_text(data->payload), "hi");
}

// RFC 8260 section 2.1: the last field is the PPID in the first fragment, else its number.
TEST(DataChunkTest, InterleavedHasAPpidOrANumberOfTheFragment) {
  DataChunk data = {.interleaved = true,
                    .beginning = true,
                    .tsn = 0x01020304,
                    .stream = 0x0506,
                    .message = 0x0708090a,
                    .ppid = Ppid::binary,
                    .payload = as_bytes("abcd")};
  EXPECT_EQ(hex_of(data),
            "40020018"
            "01020304"
            "05060000"
            "0708090a"
            "00000035"
            "61626364");

  data.beginning = false;
  data.fragment = 3;
  EXPECT_EQ(hex_of(data),
            "40000018"
            "01020304"
            "05060000"
            "0708090a"
            "00000003"
            "61626364");

  const Bytes bytes = *decode_hex(hex_of(data));
  const auto read = decode_data(chunk_of(bytes));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->interleaved);
  EXPECT_EQ(read->message, 0x0708090aU);
  EXPECT_EQ(read->fragment, 3U);
  EXPECT_EQ(read->ppid, Ppid{0});
  EXPECT_EQ(as_text(read->payload), "abcd");
}

TEST(DataChunkTest, AnEmptyPayloadIsLeftToTheAssociation) {
  const Bytes bytes(16, 0);

  const auto data = decode_data(chunk_of(bytes));

  ASSERT_TRUE(data);
  EXPECT_TRUE(data->payload.empty());
}

TEST(DataChunkTest, RefusesTruncatedHeadersAndOtherChunks) {
  EXPECT_EQ(count_accepted_truncations(Bytes(16, 0), decode_data), 0U);
  Bytes interleaved(20, 0);
  interleaved[0] = 0x40;
  EXPECT_EQ(count_accepted_truncations(interleaved, decode_data), 0U);
  interleaved[0] = 0x41;
  EXPECT_FALSE(decode_data(chunk_of(interleaved)));
}

TEST(DataChunkTest, IsRefusedByAPacketWithoutRoom) {
  Bytes room(12 + 16 + 4);
  PacketWriter writer(room, {});

  EXPECT_FALSE(encode(DataChunk{.payload = as_bytes("12345")}, writer));
  EXPECT_TRUE(encode(DataChunk{.payload = as_bytes("1234")}, writer));
}

}  // namespace
}  // namespace pigeon::sctp
