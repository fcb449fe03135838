#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "rtc/sctp/packet/data_chunk.hpp"
#include "rtc/sctp/packet/init_chunk.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/packet/parameter.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"
#include "rtc/sctp/packet/reconfig_chunk.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"
#include "rtc/sctp/rx/receiver.hpp"

// Packets of one association between two usrsctp 0.9.5, as they left it.

namespace pigeon::sctp {
namespace {

/// A packet of which only the first chunk is looked at.
class Captured {
 public:
  explicit Captured(std::string_view hex) : packet_(*decode_hex(hex)) {}

  PacketHeader header() const { return reader().header(); }
  Chunk chunk() const { return *reader().next(); }

 private:
  PacketReader reader() const { return PacketReader::open(packet_).value(); }

  Bytes packet_;
};

TEST(CapturedPacketTest, Init) {
  const Captured captured(
      "1388138800000000137f690f010000560dcac36200020000012c012cb1de5ab5c000000480080009"
      "c00fc180820000008002002464ae9515a8ef3a71694c0acb9fab91f3857e2efb4f1bb5eecf9e5d45"
      "dd771d2d80040006000100008003000680c10000");

  EXPECT_EQ(captured.header(), (PacketHeader{.source_port = 5000, .destination_port = 5000}));
  const auto init = decode_init(captured.chunk());
  ASSERT_TRUE(init);
  EXPECT_EQ(init->initiate_tag, 0x0dcac362U);
  EXPECT_EQ(init->window, 131'072U);
  EXPECT_EQ(init->outbound_streams, 300);
  EXPECT_EQ(init->inbound_streams, 300);
  EXPECT_EQ(init->initial_tsn, 0xb1de5ab5U);
  EXPECT_TRUE(find(init->parameters, ParameterType::forward_tsn_supported));
  EXPECT_TRUE(has_extension(init->parameters, ChunkType::re_config));
  EXPECT_FALSE(has_extension(init->parameters, ChunkType::i_data));
}

TEST(CapturedPacketTest, DataGoesThroughTheReceiver) {
  const Captured ordered(
      "138813884741cfbfadc08ad100030015b1de5ab5000300000000003368656c6c6f000000");
  const Captured unordered("138813884741cfbff503bcca00070011b1de5ab6000400000000003375000000");
  Receiver receiver(0xb1de5ab5, {});

  EXPECT_EQ(ordered.header().verification_tag, 0x4741cfbfU);
  EXPECT_EQ(receiver.receive(decode_data(ordered.chunk()).value()), Receipt::taken);
  EXPECT_EQ(receiver.receive(decode_data(unordered.chunk()).value()), Receipt::taken);

  const auto hello = receiver.pop();
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->stream, 3);
  EXPECT_EQ(hello->ppid, Ppid::string);
  EXPECT_EQ(as_text(hello->bytes), "hello");
  const auto u = receiver.pop();
  ASSERT_TRUE(u);
  EXPECT_EQ(u->stream, 4);
  EXPECT_TRUE(u->unordered);
  EXPECT_EQ(as_text(u->bytes), "u");
}

TEST(CapturedPacketTest, Sack) {
  const Captured captured("138813880dcac362f0425c1003000010b1de5ab50001fefb00000000");

  const auto sack = decode_sack(captured.chunk());

  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->cumulative_tsn, 0xb1de5ab5U);
  EXPECT_EQ(sack->window, 0x1fefbU);
  EXPECT_TRUE(sack->gaps.empty());
}

TEST(CapturedPacketTest, ResetOfAStream) {
  const Captured request(
      "138813884741cfbf366b1f9e82000016000d0012b1de5ab5ecdbde26b1de5ab900030000");
  const Captured response("138813880dcac362c78dd2da820000100010000cb1de5ab500000001");

  const auto parameters = decode_reconfig(request.chunk());
  ASSERT_TRUE(parameters);
  const auto reset = decode_outgoing_reset(*parameters->begin());
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->request, 0xb1de5ab5U);
  EXPECT_EQ(reset->response, 0xecdbde26U);
  EXPECT_EQ(reset->last_tsn, 0xb1de5ab9U);
  ASSERT_EQ(reset->streams.size(), 1U);
  EXPECT_EQ(reset->streams[0], 3);
  const auto answers = decode_reconfig(response.chunk());
  ASSERT_TRUE(answers);
  const auto answer = decode_reconfig_response(*answers->begin());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->response, reset->request);
  EXPECT_EQ(answer->result, ReconfigResult::performed);
}

TEST(CapturedPacketTest, Shutdown) {
  const Captured first("138813884741cfbf2aec3bb407000008ecdbde26");
  const Captured second("138813880dcac362826c80fb08000004");
  const Captured third("138813884741cfbfa5bb6ab50e000004");

  EXPECT_EQ(decode_shutdown(first.chunk()), 0xecdbde26U);
  EXPECT_EQ(second.chunk().type, ChunkType::shutdown_ack);
  EXPECT_EQ(third.chunk().type, ChunkType::shutdown_complete);
}

}  // namespace
}  // namespace pigeon::sctp
