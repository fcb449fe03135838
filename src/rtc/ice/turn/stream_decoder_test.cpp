#include "rtc/ice/turn/stream_decoder.hpp"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/stun/vectors_testing.hpp"
#include "rtc/ice/turn/channel_data.hpp"

namespace pigeon::ice {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

Bytes channel_data(std::size_t payload_size) {
  Bytes message(payload_size + 8);
  const Bytes payload(payload_size, 0xc0);
  message.resize(encode_channel_data(0x4123, payload, TurnTransport::tcp, message));
  return message;
}

Bytes joined(const std::vector<Bytes>& messages) {
  Bytes stream;
  for (const Bytes& one : messages) stream.insert(stream.end(), one.begin(), one.end());
  return stream;
}

std::vector<Bytes> decode_in_pieces(StreamDecoder& decoder, BytesView stream, std::size_t size) {
  std::vector<Bytes> messages;
  while (!stream.empty()) {
    BytesView piece = stream.first(std::min(size, stream.size()));
    stream = stream.subspan(piece.size());
    while (const auto message = decoder.next(piece)) {
      messages.emplace_back(message->begin(), message->end());
    }
    EXPECT_THAT(piece, IsEmpty());
  }
  return messages;
}

TEST(StreamDecoderTest, FindsTheSameMessagesHoweverTheStreamIsCut) {
  const std::vector<Bytes> messages = {
      Bytes(sample_request.begin(), sample_request.end()), channel_data(0), channel_data(5),
      Bytes(sample_response_v6.begin(), sample_response_v6.end()), channel_data(1'200)};
  const Bytes stream = joined(messages);

  for (std::size_t size = 1; size <= stream.size(); ++size) {
    StreamDecoder decoder;
    ASSERT_EQ(decode_in_pieces(decoder, stream, size), messages) << size;
    EXPECT_FALSE(decoder.broken());
  }
}

TEST(StreamDecoderTest, GivesAWholeMessageWithoutCopyingIt) {
  const Bytes stream = joined({channel_data(5), channel_data(9)});
  BytesView input = stream;
  StreamDecoder decoder;

  const auto first = decoder.next(input);

  ASSERT_TRUE(first);
  EXPECT_EQ(first->data(), stream.data());
  EXPECT_EQ(decoder.buffered_bytes(), 0U);
}

TEST(StreamDecoderTest, WaitsForTheEndOfEveryTruncation) {
  const Bytes whole = channel_data(5);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    StreamDecoder decoder;
    EXPECT_THAT(decode_in_pieces(decoder, BytesView(whole).first(size), 100), IsEmpty());
    EXPECT_EQ(decoder.buffered_bytes(), size);

    const auto rest = decode_in_pieces(decoder, BytesView(whole).subspan(size), 100);
    EXPECT_THAT(rest, ElementsAre(ElementsAreArray(whole)));
  }
}

TEST(StreamDecoderTest, HoldsNoMoreThanHasArrivedOfTheLargestMessage) {
  const Bytes start = {0x40, 0x00, 0xff, 0xff, 1, 2, 3};
  StreamDecoder decoder;

  decode_in_pieces(decoder, start, 1);
  EXPECT_EQ(decoder.buffered_bytes(), start.size());
  const auto messages = decode_in_pieces(decoder, Bytes(65'540 - start.size() + 3), 1'000);

  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].size(), 65'540U);
  EXPECT_EQ(decoder.buffered_bytes(), 3U);
}

TEST(StreamDecoderTest, BreaksAtWhatStartsNoMessage) {
  const std::vector<Bytes> wrong = {
      {0x50, 0x00, 0x00, 0x00},  // a reserved channel number
      {0xff, 0xff, 0xff, 0xff},
      {0x01, 0x01, 0x00, 0x05},  // RFC 8489: the length is a multiple of 4
  };
  for (const Bytes& start : wrong) {
    for (const std::size_t size : {1U, 100U}) {
      StreamDecoder decoder;
      const Bytes stream = joined({channel_data(5), start, channel_data(5)});

      const auto messages = decode_in_pieces(decoder, stream, size);

      EXPECT_EQ(messages.size(), 1U);
      EXPECT_TRUE(decoder.broken());
      EXPECT_EQ(decoder.buffered_bytes(), 0U);
    }
  }
}

}  // namespace
}  // namespace pigeon::ice
