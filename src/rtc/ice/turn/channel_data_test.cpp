#include "rtc/ice/turn/channel_data.hpp"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::ice {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

TEST(ChannelDataTest, WritesTheHeaderInFrontOfThePayload) {
  std::array<std::uint8_t, 9> out{};

  const std::size_t size = encode_channel_data(0x4001, as_bytes("hello"), TurnTransport::udp, out);

  EXPECT_EQ(size, 9U);
  EXPECT_THAT(out, ElementsAre(0x40, 0x01, 0, 5, 'h', 'e', 'l', 'l', 'o'));
}

TEST(ChannelDataTest, PadsOnStreamsWithoutCountingIt) {
  std::array<std::uint8_t, 12> out;
  out.fill(0xee);

  const std::size_t size = encode_channel_data(0x4fff, as_bytes("hello"), TurnTransport::tcp, out);

  EXPECT_EQ(size, 12U);
  EXPECT_THAT(out, ElementsAre(0x4f, 0xff, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0));
}

TEST(ChannelDataTest, ReadsWhatItWrites) {
  for (std::size_t payload_size = 0; payload_size < 9; ++payload_size) {
    for (const TurnTransport transport : {TurnTransport::udp, TurnTransport::tcp}) {
      const Bytes payload(payload_size, 0x5a);
      Bytes out(64);
      out.resize(encode_channel_data(0x4abc, payload, transport, out));

      const auto data = decode_channel_data(out);

      ASSERT_TRUE(data);
      EXPECT_EQ(data->channel, 0x4abc);
      EXPECT_THAT(data->payload, ElementsAreArray(payload));
    }
  }
}

TEST(ChannelDataTest, WritesNothingThatDoesNotFit) {
  std::array<std::uint8_t, 11> out{};

  EXPECT_EQ(encode_channel_data(0x4000, as_bytes("hello"), TurnTransport::tcp, out), 0U);
  EXPECT_EQ(encode_channel_data(0x4000, as_bytes("12345678"), TurnTransport::udp, out), 0U);
  Bytes large(channel_data_payload_size_max + 100);
  const Bytes payload(channel_data_payload_size_max + 1);
  EXPECT_EQ(encode_channel_data(0x4000, payload, TurnTransport::udp, large), 0U);
}

TEST(ChannelDataTest, RefusesEveryTruncation) {
  std::array<std::uint8_t, 9> whole{};
  encode_channel_data(0x4001, as_bytes("hello"), TurnTransport::udp, whole);

  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_channel_data(BytesView(whole).first(size))) << size;
  }
  EXPECT_TRUE(decode_channel_data(whole));
}

TEST(ChannelDataTest, RefusesNumbersOfNoChannel) {
  for (const std::uint8_t first : Bytes{0x00, 0x3f, 0x50, 0x7f, 0x80, 0xff}) {
    const std::array<std::uint8_t, 4> message = {first, 0, 0, 0};
    EXPECT_FALSE(decode_channel_data(message)) << int{first};
  }
}

TEST(ChannelDataTest, TellsMessagesApartByTheirFirstByte) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const TurnFrame expected = byte < 0x40   ? TurnFrame::stun
                               : byte < 0x50 ? TurnFrame::channel_data
                                             : TurnFrame::unknown;
    EXPECT_EQ(classify(static_cast<std::uint8_t>(byte)), expected) << byte;
  }
}

}  // namespace
}  // namespace pigeon::ice
