#include "rtc/sctp/packet/reconfig_chunk.hpp"

#include <array>

#include <gtest/gtest.h>

#include "rtc/sctp/packet/packet_testing.hpp"

namespace pigeon::sctp {
namespace {

/// A RE-CONFIG with one parameter, as it lies on the wire.
template <class Request>
std::string hex_of(const Request& request) {
  std::array<std::uint8_t, 100> room{};
  TlvWriter list(room);
  EXPECT_TRUE(append(list, request));
  return chunk_hex([&](PacketWriter& writer) { return encode_reconfig(list.written(), writer); });
}

/// Takes the only parameter of a RE-CONFIG.
class ReadBack {
 public:
  explicit ReadBack(const std::string& hex) : bytes_(*decode_hex(hex)) {}

  Tlv parameter() const { return *decode_reconfig(chunk_of(bytes_))->begin(); }

  template <class Decode>
  std::size_t accepted_truncations(Decode decode) const {
    std::size_t accepted = 0;
    const Tlv whole = parameter();
    for (std::size_t size = 0; size < whole.value.size(); ++size) {
      const Bytes cut(whole.value.begin(), whole.value.begin() + static_cast<std::ptrdiff_t>(size));
      if (decode(Tlv{.type = whole.type, .value = cut, .whole = cut})) ++accepted;
    }
    return accepted;
  }

 private:
  Bytes bytes_;
};

TEST(ReconfigChunkTest, OutgoingReset) {
  const std::array<StreamId, 2> streams = {1, 0x0203};
  const std::string hex = hex_of(OutgoingResetRequest{
      .request = 10, .response = 9, .last_tsn = 8, .streams = ItemList<StreamId>(streams)});

  EXPECT_EQ(hex,
            "82000018"
            "000d0014"
            "0000000a"
            "00000009"
            "00000008"
            "00010203");
  const ReadBack read(hex);
  const auto request = decode_outgoing_reset(read.parameter());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->request, 10U);
  EXPECT_EQ(request->response, 9U);
  EXPECT_EQ(request->last_tsn, 8U);
  ASSERT_EQ(request->streams.size(), 2U);
  EXPECT_EQ(request->streams[1], 0x0203);
  EXPECT_EQ(read.accepted_truncations(decode_outgoing_reset), 2U);
  EXPECT_FALSE(decode_incoming_reset(read.parameter()));
}

TEST(ReconfigChunkTest, IncomingReset) {
  const std::array<StreamId, 1> streams = {7};
  const std::string hex =
      hex_of(IncomingResetRequest{.request = 10, .streams = ItemList<StreamId>(streams)});

  EXPECT_EQ(hex,
            "8200000e"
            "000e000a"
            "0000000a"
            "00070000");
  const ReadBack read(hex.substr(0, 28));
  const auto request = decode_incoming_reset(read.parameter());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->request, 10U);
  EXPECT_EQ(request->streams[0], 7);
  EXPECT_EQ(read.accepted_truncations(decode_incoming_reset), 1U);
}

TEST(ReconfigChunkTest, AssociationReset) {
  const std::string hex = hex_of(AssociationResetRequest{.request = 10});

  EXPECT_EQ(hex,
            "8200000c"
            "000f0008"
            "0000000a");
  const ReadBack read(hex);
  EXPECT_EQ(decode_association_reset(read.parameter())->request, 10U);
  EXPECT_EQ(read.accepted_truncations(decode_association_reset), 0U);
}

TEST(ReconfigChunkTest, AddStreams) {
  const std::string hex =
      hex_of(AddStreamsRequest{.incoming = true, .request = 10, .stream_count = 5});

  EXPECT_EQ(hex,
            "82000010"
            "0012000c"
            "0000000a"
            "00050000");
  const ReadBack read(hex);
  const auto request = decode_add_streams(read.parameter());
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->incoming);
  EXPECT_EQ(request->stream_count, 5);
  EXPECT_EQ(read.accepted_truncations(decode_add_streams), 0U);
}

TEST(ReconfigChunkTest, Response) {
  const std::string hex =
      hex_of(ReconfigResponse{.response = 10, .result = ReconfigResult::in_progress});
  EXPECT_EQ(hex,
            "82000010"
            "0010000c"
            "0000000a"
            "00000006");
  const auto response = decode_reconfig_response(ReadBack(hex).parameter());
  ASSERT_TRUE(response);
  EXPECT_EQ(response->response, 10U);
  EXPECT_EQ(response->result, ReconfigResult::in_progress);
  EXPECT_FALSE(response->next);

  const std::string longer = hex_of(ReconfigResponse{
      .response = 10, .result = ReconfigResult::performed, .next = {{.sender = 1, .receiver = 2}}});
  EXPECT_EQ(longer,
            "82000018"
            "00100014"
            "0000000a"
            "00000001"
            "00000001"
            "00000002");
  const ReadBack read(longer);
  EXPECT_EQ(decode_reconfig_response(read.parameter())->next,
            (ReconfigResponse::NextTsns{.sender = 1, .receiver = 2}));
  EXPECT_EQ(read.accepted_truncations(decode_reconfig_response), 1U);
}

TEST(ReconfigChunkTest, HasOneParameterOrTwo) {
  const Bytes none = {0x82, 0, 0, 4};
  const Bytes two = {0x82, 0, 0, 12, 0, 1, 0, 4, 0, 2, 0, 4};
  const Bytes three = {0x82, 0, 0, 16, 0, 1, 0, 4, 0, 2, 0, 4, 0, 3, 0, 4};

  EXPECT_FALSE(decode_reconfig(chunk_of(none)));
  EXPECT_TRUE(decode_reconfig(chunk_of(two)));
  EXPECT_FALSE(decode_reconfig(chunk_of(three)));
}

}  // namespace
}  // namespace pigeon::sctp
