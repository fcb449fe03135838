#include <array>

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "base/random.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/packet/packet_testing.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"

namespace pigeon::sctp {
namespace {

constexpr PacketHeader header = {
    .source_port = 5000, .destination_port = 5001, .verification_tag = 0x12345678};

PacketError error_of(BytesView packet, ZeroChecksum zero = ZeroChecksum::refused) {
  const auto reader = PacketReader::open(packet, zero);
  EXPECT_FALSE(reader);
  return reader.error();
}

// The checksum that Scapy's tests give for this packet.
TEST(PacketTest, AgreesWithAnotherImplementationOnTheChecksum) {
  Bytes packet(40, 0);
  const std::array<std::uint8_t, 8> address = {0, 5, 0, 8, 127, 0, 0, 1};
  packet[12] = 1;
  packet[15] = 28;
  std::copy(address.begin(), address.end(), packet.begin() + 32);
  const std::array<std::uint8_t, 4> checksum = {0x40, 0x2c, 0x0b, 0x5f};
  std::copy(checksum.begin(), checksum.end(), packet.begin() + 8);

  EXPECT_TRUE(PacketReader::open(packet));
}

TEST(PacketTest, BundlesChunksAndReadsThemBack) {
  std::array<std::uint8_t, 100> room{};
  room.fill(0xee);
  PacketWriter writer(room, header);
  EXPECT_TRUE(writer.empty());
  ASSERT_TRUE(writer.append(ChunkType::cookie_echo, 0, as_bytes("crumb")));
  ASSERT_TRUE(writer.append(ChunkType::cookie_ack));
  EXPECT_FALSE(writer.empty());

  const BytesView packet = writer.finish();

  EXPECT_EQ(packet.size(), 12U + 12 + 4);
  EXPECT_EQ(encode_hex(packet.first(8)), "1388138912345678");
  EXPECT_EQ(encode_hex(packet.subspan(12)), "0a0000096372756d620000000b000004");
  auto reader = PacketReader::open(packet);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->header(), header);
  const auto echo = reader->next();
  ASSERT_TRUE(echo);
  EXPECT_EQ(echo->type, ChunkType::cookie_echo);
  EXPECT_EQ(as_text(echo->value), "crumb");
  EXPECT_EQ(echo->whole.size(), 9U);
  EXPECT_EQ(reader->next()->type, ChunkType::cookie_ack);
  EXPECT_FALSE(reader->next());
}

TEST(PacketTest, RefusesAChunkThatDoesNotFit) {
  std::array<std::uint8_t, 12 + 8 + 3> room{};
  PacketWriter writer(room, header);
  EXPECT_EQ(writer.room_left(), 8U);

  EXPECT_FALSE(writer.append(ChunkType::cookie_echo, 0, as_bytes("12345")));
  EXPECT_TRUE(writer.append(ChunkType::cookie_echo, 0, as_bytes("1")));

  EXPECT_EQ(writer.room_left(), 0U);
  EXPECT_FALSE(writer.append(ChunkType::cookie_ack));
  EXPECT_EQ(writer.finish().size(), 20U);
}

TEST(PacketTest, RefusesAChunkBeyondTheLengthField) {
  Bytes room(70'000);
  PacketWriter writer(room, header);

  EXPECT_FALSE(writer.append(ChunkType::pad, 0, Bytes(65'532)));
  EXPECT_TRUE(writer.append(ChunkType::pad, 0, Bytes(65'531)));
}

TEST(PacketTest, EveryTruncationAndEveryFlippedBitIsRefused) {
  Bytes packet = packet_with([](PacketWriter& writer) {
    return writer.append(ChunkType::cookie_echo, 0, as_bytes("crumbs of a cookie"));
  });

  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(PacketReader::open(BytesView(packet).first(size))) << size;
  }
  for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    packet[bit / 8] ^= mask;
    EXPECT_EQ(error_of(packet), PacketError::wrong_checksum) << bit;
    packet[bit / 8] ^= mask;
  }
  EXPECT_TRUE(PacketReader::open(packet));
}

TEST(PacketTest, RefusesSizesThatNoPacketHas) {
  Bytes packet(17, 0);

  EXPECT_EQ(error_of(BytesView(packet).first(12), ZeroChecksum::accepted), PacketError::bad_size);
  EXPECT_EQ(error_of(packet, ZeroChecksum::accepted), PacketError::bad_size);
  EXPECT_EQ(error_of(BytesView(packet).first(16), ZeroChecksum::accepted),
            PacketError::bad_chunk_length);
}

TEST(PacketTest, RefusesChunksThatGoBeyondTheEnd) {
  Bytes packet(12 + 8, 0);
  packet[15] = 8;
  EXPECT_TRUE(PacketReader::open(packet, ZeroChecksum::accepted));

  for (const int length : {0, 3, 4, 9, 12}) {
    packet[15] = static_cast<std::uint8_t>(length);
    EXPECT_EQ(error_of(packet, ZeroChecksum::accepted), PacketError::bad_chunk_length) << length;
  }
}

// RFC 9653 sections 5.2 and 5.3.
TEST(PacketTest, AZeroChecksumCountsOnlyWhereItWasAgreed) {
  std::array<std::uint8_t, 100> room{};
  PacketWriter writer(room, header);
  ASSERT_TRUE(writer.append(ChunkType::cookie_ack));
  const BytesView packet = writer.finish(WrittenChecksum::zero);

  EXPECT_TRUE(PacketReader::open(packet, ZeroChecksum::accepted));
  EXPECT_EQ(error_of(packet), PacketError::wrong_checksum);
  EXPECT_TRUE(PacketReader::open(writer.finish(), ZeroChecksum::accepted));
}

// RFC 9260 section 3.2.
TEST(PacketTest, TheHighestBitsOfAnUnknownChunkSayWhatToDo) {
  EXPECT_EQ(unknown_rule(ChunkType{0x3f}), (UnknownRule{.stop = true, .report = false}));
  EXPECT_EQ(unknown_rule(ChunkType{0x7f}), (UnknownRule{.stop = true, .report = true}));
  EXPECT_EQ(unknown_rule(ChunkType{0xbf}), (UnknownRule{.stop = false, .report = false}));
  EXPECT_EQ(unknown_rule(ChunkType{0xff}), (UnknownRule{.stop = false, .report = true}));
}

}  // namespace
}  // namespace pigeon::sctp
