#include "rtc/ice/stun/writer.hpp"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/stun/vectors_testing.hpp"

namespace pigeon::ice {
namespace {

using testing::ElementsAreArray;

const SocketAddress v4{*IpAddress::parse("192.0.2.1"), 32'853};
const SocketAddress v6{*IpAddress::parse("2001:db8::1"), 1'024};

std::size_t write_everything(MutableBytesView buffer) {
  StunWriter writer(buffer, StunClass::error, StunMethod::channel_bind, sample_transaction);
  writer.error_code(487, "Role Conflict");
  writer.address(StunAttribute::mapped_address, v4);
  writer.xor_address(StunAttribute::xor_mapped_address, v6);
  writer.xor_address(StunAttribute::xor_peer_address, v4);
  writer.u32(StunAttribute::channel_number, 0x40000000);
  writer.u64(StunAttribute::ice_controlling, 0x0102030405060708);
  writer.text(StunAttribute::realm, "example");
  const std::array unknown = {StunAttribute{0x7001}, StunAttribute{0x7002}, StunAttribute{3}};
  writer.unknown_attributes(unknown);
  writer.attribute(StunAttribute::use_candidate);
  writer.integrity(as_bytes("key"));
  writer.fingerprint();
  return writer.finish();
}

// RFC 5769 section 2.2; the padding there is a space.
TEST(StunWriterTest, WritesTheSampleResponseButForItsPadding) {
  std::array<std::uint8_t, 128> buffer{};
  StunWriter writer(buffer, StunClass::success, StunMethod::binding, sample_transaction);
  writer.text(StunAttribute::software, "test vector");
  writer.xor_address(StunAttribute::xor_mapped_address, v4);

  ASSERT_EQ(writer.finish(), 48U);
  auto expected = sample_response_v4;
  expected[3] = 28;
  expected[35] = 0;
  EXPECT_THAT(BytesView(buffer).first(48), ElementsAreArray(BytesView(expected).first(48)));
}

TEST(StunWriterTest, WhatItWritesReadsTheSame) {
  std::array<std::uint8_t, 512> buffer{};
  const std::size_t size = write_everything(buffer);
  const auto message = decode_stun(BytesView(buffer).first(size));

  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::error);
  EXPECT_EQ(message->method(), StunMethod::channel_bind);
  EXPECT_EQ(message->error_code()->code, 487);
  EXPECT_EQ(message->error_code()->reason, "Role Conflict");
  EXPECT_EQ(message->address(StunAttribute::mapped_address), v4);
  EXPECT_EQ(message->xor_address(StunAttribute::xor_mapped_address), v6);
  EXPECT_EQ(message->xor_address(StunAttribute::xor_peer_address), v4);
  EXPECT_EQ(message->u32(StunAttribute::channel_number), 0x40000000U);
  EXPECT_EQ(message->u64(StunAttribute::ice_controlling), 0x0102030405060708U);
  EXPECT_EQ(message->text(StunAttribute::realm), "example");
  EXPECT_EQ(message->find(StunAttribute::unknown_attributes)->size(), 6U);
  EXPECT_TRUE(message->has(StunAttribute::use_candidate));
  EXPECT_TRUE(message->integrity_matches(as_bytes("key")));
  EXPECT_TRUE(message->has_fingerprint());
}

TEST(StunWriterTest, EveryMethodAndClassSurvives) {
  for (unsigned method = 0; method < 0x1000; ++method) {
    for (const auto message_class :
         {StunClass::request, StunClass::indication, StunClass::success, StunClass::error}) {
      std::array<std::uint8_t, 20> buffer{};
      StunWriter(buffer, message_class, static_cast<StunMethod>(method), sample_transaction);
      const auto message = decode_stun(buffer);
      ASSERT_TRUE(message);
      ASSERT_EQ(message->method(), static_cast<StunMethod>(method));
      ASSERT_EQ(message->message_class(), message_class);
    }
  }
}

TEST(StunWriterTest, SaysThatTheBufferIsTooSmall) {
  std::array<std::uint8_t, 512> buffer{};
  const std::size_t size = write_everything(buffer);

  for (std::size_t room = 0; room < size; ++room) {
    EXPECT_EQ(write_everything(MutableBytesView(buffer).first(room)), 0U) << room;
  }
  EXPECT_EQ(write_everything(MutableBytesView(buffer).first(size)), size);
}

TEST(StunWriterTest, RefusesMoreThanTheLengthFieldCanSay) {
  Bytes buffer(200'000);
  const Bytes value(40'000);
  StunWriter writer(buffer, StunClass::indication, StunMethod::send, sample_transaction);

  writer.attribute(StunAttribute::data, value);
  EXPECT_NE(writer.finish(), 0U);
  writer.attribute(StunAttribute::data, value);

  EXPECT_EQ(writer.finish(), 0U);
}

}  // namespace
}  // namespace pigeon::ice
