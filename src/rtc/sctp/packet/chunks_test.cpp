#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/sctp/packet/error_chunk.hpp"
#include "rtc/sctp/packet/forward_tsn_chunk.hpp"
#include "rtc/sctp/packet/init_chunk.hpp"
#include "rtc/sctp/packet/packet_testing.hpp"
#include "rtc/sctp/packet/parameter.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"

namespace pigeon::sctp {
namespace {

using testing::ElementsAre;

template <class Item>
std::vector<Item> items(const ItemList<Item>& list) {
  std::vector<Item> found;
  for (const Item item : list) found.push_back(item);
  return found;
}

TEST(InitChunkTest, LiesAsTheRfcDrawsItAndReadsBack) {
  std::array<std::uint8_t, 32> room{};
  TlvWriter parameters(room);
  ASSERT_TRUE(append(parameters, ParameterType::forward_tsn_supported));
  ASSERT_TRUE(append_extensions(parameters, std::array{ChunkType::re_config}));
  const InitChunk init = {.initiate_tag = 0x01020304,
                          .window = 0x00020000,
                          .outbound_streams = 1024,
                          .inbound_streams = 2048,
                          .initial_tsn = 0xfffffff0,
                          .parameters = parameters.written()};

  const std::string hex =
      chunk_hex([&](PacketWriter& writer) { return encode(init, ChunkType::init, writer); });

  EXPECT_EQ(hex,
            "0100001d"
            "01020304"
            "00020000"
            "04000800"
            "fffffff0"
            "c0000004"
            "80080005"
            "82000000");
  const Bytes bytes = *decode_hex(hex.substr(0, 2 * 29));
  const auto read = decode_init(chunk_of(bytes));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->initiate_tag, init.initiate_tag);
  EXPECT_EQ(read->window, init.window);
  EXPECT_EQ(read->outbound_streams, 1024);
  EXPECT_EQ(read->inbound_streams, 2048);
  EXPECT_EQ(read->initial_tsn, init.initial_tsn);
  EXPECT_TRUE(has_extension(read->parameters, ChunkType::re_config));
  // Whole without a parameter, and with the first of two.
  EXPECT_EQ(count_accepted_truncations(bytes, decode_init), 2U);
}

TEST(InitChunkTest, IsReadAsInitAckToo) {
  const std::string hex = chunk_hex(
      [](PacketWriter& writer) { return encode(InitChunk{}, ChunkType::init_ack, writer); });
  const Bytes bytes = *decode_hex(hex);

  EXPECT_EQ(chunk_of(bytes).type, ChunkType::init_ack);
  EXPECT_TRUE(decode_init(chunk_of(bytes)));
}

TEST(SackChunkTest, LiesAsTheRfcDrawsItAndReadsBack) {
  const std::array<GapBlock, 2> gaps = {GapBlock{2, 3}, GapBlock{5, 0x1234}};
  const std::array<WireTsn, 1> duplicates = {0xa0b0c0d0};
  const SackChunk sack = {.cumulative_tsn = 0x01020304,
                          .window = 0x00010000,
                          .gaps = ItemList<GapBlock>(gaps),
                          .duplicates = ItemList<WireTsn>(duplicates)};

  const std::string hex = chunk_hex([&](PacketWriter& writer) { return encode(sack, writer); });

  EXPECT_EQ(hex,
            "0300001c"
            "01020304"
            "00010000"
            "00020001"
            "00020003"
            "00051234"
            "a0b0c0d0");
  const Bytes bytes = *decode_hex(hex);
  EXPECT_EQ(bytes.size(), sack_size(2, 1));
  const auto read = decode_sack(chunk_of(bytes));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cumulative_tsn, sack.cumulative_tsn);
  EXPECT_EQ(read->window, sack.window);
  EXPECT_THAT(items(read->gaps), ElementsAre(gaps[0], gaps[1]));
  EXPECT_THAT(items(read->duplicates), ElementsAre(0xa0b0c0d0));
  EXPECT_EQ(count_accepted_truncations(bytes, decode_sack), 0U);
}

TEST(SackChunkTest, RefusesListsThatAreNotThere) {
  Bytes bytes(16, 0);
  bytes[0] = 3;
  EXPECT_TRUE(decode_sack(chunk_of(bytes)));

  bytes[12] = 0xff;
  EXPECT_FALSE(decode_sack(chunk_of(bytes)));
  bytes[12] = 0;
  bytes.resize(20);
  EXPECT_FALSE(decode_sack(chunk_of(bytes)));
}

TEST(ForwardTsnChunkTest, LiesAsTheRfcDrawsItAndReadsBack) {
  const std::array<SkippedSsn, 2> skipped = {SkippedSsn{1, 2}, SkippedSsn{3, 0xffff}};
  const ForwardTsnChunk forward = {.cumulative_tsn = 9, .skipped = ItemList<SkippedSsn>(skipped)};

  const std::string hex = chunk_hex([&](PacketWriter& writer) { return encode(forward, writer); });

  EXPECT_EQ(hex,
            "c0000010"
            "00000009"
            "00010002"
            "0003ffff");
  const Bytes bytes = *decode_hex(hex);
  const auto read = decode_forward_tsn(chunk_of(bytes));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cumulative_tsn, 9U);
  EXPECT_THAT(items(read->skipped), ElementsAre(skipped[0], skipped[1]));
  EXPECT_EQ(count_accepted_truncations(bytes, decode_forward_tsn), 2U);
  EXPECT_FALSE(decode_i_forward_tsn(chunk_of(bytes)));
}

TEST(ForwardTsnChunkTest, InterleavedLiesAsTheRfcDrawsItAndReadsBack) {
  const std::array<SkippedMid, 2> skipped = {SkippedMid{1, false, 2},
                                             SkippedMid{3, true, 0xffffff}};
  const IForwardTsnChunk forward = {.cumulative_tsn = 9, .skipped = ItemList<SkippedMid>(skipped)};

  const std::string hex = chunk_hex([&](PacketWriter& writer) { return encode(forward, writer); });

  EXPECT_EQ(hex,
            "c2000018"
            "00000009"
            "0001000000000002"
            "0003000100ffffff");
  const Bytes bytes = *decode_hex(hex);
  const auto read = decode_i_forward_tsn(chunk_of(bytes));
  ASSERT_TRUE(read);
  EXPECT_THAT(items(read->skipped), ElementsAre(skipped[0], skipped[1]));
  EXPECT_EQ(count_accepted_truncations(bytes, decode_i_forward_tsn), 2U);
}

TEST(ErrorChunkTest, AbortSaysWhoseTagAndWhy) {
  std::array<std::uint8_t, 32> room{};
  TlvWriter causes(room);
  ASSERT_TRUE(append(causes, CauseCode::user_initiated_abort, "bye"));
  const ErrorChunk abort = {.abort = true, .tag_reflected = true, .causes = causes.written()};

  const std::string hex = chunk_hex([&](PacketWriter& writer) { return encode(abort, writer); });

  EXPECT_EQ(hex,
            "0601000b"
            "000c0007"
            "62796500");
  const Bytes bytes = *decode_hex(hex);
  const auto read = decode_error(chunk_of(bytes));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->abort);
  EXPECT_TRUE(read->tag_reflected);
  EXPECT_EQ(as_text(find(read->causes, CauseCode::user_initiated_abort)->value), "bye");
}

TEST(ErrorChunkTest, AnAbortCountsWithMalformedCausesButAnErrorDoesNot) {
  Bytes bytes = {6, 0, 0, 8, 0, 12, 0, 200};

  EXPECT_TRUE(decode_error(chunk_of(bytes)));
  EXPECT_TRUE(decode_error(chunk_of(bytes))->causes.empty());
  bytes[0] = 9;
  EXPECT_FALSE(decode_error(chunk_of(bytes)));
}

TEST(ErrorChunkTest, ErrorCarriesSeveralCauses) {
  std::array<std::uint8_t, 32> room{};
  TlvWriter causes(room);
  ASSERT_TRUE(append_u32(causes, CauseCode::stale_cookie, 1'000));
  ASSERT_TRUE(append_invalid_stream(causes, 0x0102));
  const ErrorChunk error = {.causes = causes.written()};

  const std::string hex = chunk_hex([&](PacketWriter& writer) { return encode(error, writer); });

  EXPECT_EQ(hex,
            "09000014"
            "00030008"
            "000003e8"
            "00010008"
            "01020000");
  const Bytes bytes = *decode_hex(hex);
  EXPECT_TRUE(find(decode_error(chunk_of(bytes))->causes, CauseCode::stale_cookie));
}

TEST(PlainChunksTest, AHeartbeatComesBackAsItWasSent) {
  const std::string hex = chunk_hex([](PacketWriter& writer) {
    return encode_heartbeat(ChunkType::heartbeat, as_bytes("tick"), writer);
  });

  EXPECT_EQ(hex,
            "0400000c"
            "00010008"
            "7469636b");
  const Bytes bytes = *decode_hex(hex);
  EXPECT_EQ(as_text(*decode_heartbeat(chunk_of(bytes))), "tick");
  EXPECT_EQ(count_accepted_truncations(bytes, decode_heartbeat), 0U);
}

TEST(PlainChunksTest, AShutdownNamesTheLastTsn) {
  const std::string hex =
      chunk_hex([](PacketWriter& writer) { return encode_shutdown(0x01020304, writer); });

  EXPECT_EQ(hex, "0700000801020304");
  const Bytes bytes = *decode_hex(hex);
  EXPECT_EQ(decode_shutdown(chunk_of(bytes)), 0x01020304U);
  EXPECT_EQ(count_accepted_truncations(bytes, decode_shutdown), 0U);
}

TEST(PlainChunksTest, APadHasTheSizeThatWasAskedFor) {
  EXPECT_EQ(chunk_hex([](PacketWriter& writer) { return encode_pad(12, writer); }),
            "8400000c0000000000000000");
  EXPECT_EQ(chunk_hex([](PacketWriter& writer) { return encode_pad(4, writer); }), "84000004");
}

}  // namespace
}  // namespace pigeon::sctp
