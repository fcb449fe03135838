#include "rtc/ice/stun/message.hpp"

#include <array>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "rtc/ice/stun/fingerprint.hpp"
#include "rtc/ice/stun/vectors_testing.hpp"
#include "rtc/ice/stun/writer.hpp"

namespace pigeon::ice {
namespace {

StunMessage decoded(BytesView bytes) {
  auto message = decode_stun(bytes);
  EXPECT_TRUE(message) << to_string(message.error());
  return *message;
}

// RFC 5769 section 2.1.
TEST(StunMessageTest, ReadsTheSampleRequest) {
  const StunMessage message = decoded(sample_request);

  EXPECT_EQ(message.message_class(), StunClass::request);
  EXPECT_EQ(message.method(), StunMethod::binding);
  EXPECT_EQ(message.transaction(), sample_transaction);
  EXPECT_EQ(message.text(StunAttribute::software), "STUN test client");
  EXPECT_EQ(message.text(StunAttribute::username), "evtj:h6vY");
  EXPECT_EQ(message.u32(StunAttribute::priority), 0x6e0001ffU);
  EXPECT_EQ(message.u64(StunAttribute::ice_controlled), 0x932ff9b151263b36U);
  EXPECT_TRUE(message.integrity_matches(as_bytes(sample_password)));
  EXPECT_TRUE(message.has_fingerprint());
}

// RFC 5769 sections 2.2 and 2.3.
TEST(StunMessageTest, ReadsTheSampleResponses) {
  const StunMessage v4 = decoded(sample_response_v4);
  const StunMessage v6 = decoded(sample_response_v6);

  EXPECT_EQ(v4.message_class(), StunClass::success);
  EXPECT_EQ(v4.text(StunAttribute::software), "test vector");
  ASSERT_TRUE(v4.mapped_address());
  EXPECT_EQ(v4.mapped_address()->to_text(), "192.0.2.1:32853");
  EXPECT_TRUE(v4.integrity_matches(as_bytes(sample_password)));
  ASSERT_TRUE(v6.mapped_address());
  EXPECT_EQ(v6.mapped_address()->to_text(), "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
  EXPECT_TRUE(v6.integrity_matches(as_bytes(sample_password)));
}

TEST(StunMessageTest, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < sample_request.size(); ++size) {
    EXPECT_FALSE(decode_stun(BytesView(sample_request).first(size))) << size;
  }
}

TEST(StunMessageTest, NoticesEveryChangedBit) {
  for (std::size_t i = 0; i < sample_request.size() * 8; ++i) {
    auto bytes = sample_request;
    bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] ^ 1U << i % 8);
    const auto message = decode_stun(bytes);
    // A changed type of the last attribute makes it another one: then the code in front tells.
    EXPECT_TRUE(!message || !message->has_fingerprint() ||
                !message->integrity_matches(as_bytes(sample_password)))
        << "bit " << i;
  }
}

TEST(StunMessageTest, SaysWhyBytesAreNoMessage) {
  auto other_cookie = sample_request;
  other_cookie[4] ^= 1U;
  auto first_bits = sample_request;
  first_bits[0] = 0x80;
  auto length = sample_request;
  length[3] ^= 4U;
  auto attribute = sample_request;
  attribute[23] = 0xff;
  auto fingerprint = sample_request;
  fingerprint.back() ^= 1U;

  EXPECT_EQ(decode_stun(other_cookie).error(), StunError::not_stun);
  EXPECT_EQ(decode_stun(first_bits).error(), StunError::not_stun);
  EXPECT_EQ(decode_stun(length).error(), StunError::wrong_length);
  EXPECT_EQ(decode_stun(attribute).error(), StunError::malformed_attribute);
  EXPECT_EQ(decode_stun(fingerprint).error(), StunError::wrong_fingerprint);
}

TEST(StunMessageTest, AWrongKeyOrNoIntegrityDoesNotMatch) {
  std::array<std::uint8_t, 64> buffer{};
  StunWriter bare(buffer, StunClass::request, StunMethod::binding, sample_transaction);
  const StunMessage without = decoded(BytesView(buffer).first(bare.finish()));

  EXPECT_FALSE(decoded(sample_request).integrity_matches(as_bytes("another password")));
  EXPECT_FALSE(without.has_integrity());
  EXPECT_FALSE(without.integrity_matches(as_bytes(sample_password)));
}

// RFC 8489 section 14.5: an attacker could have appended them.
TEST(StunMessageTest, IgnoresAttributesBehindTheIntegrity) {
  std::array<std::uint8_t, 128> buffer{};
  StunWriter writer(buffer, StunClass::request, StunMethod::binding, sample_transaction);
  writer.u32(StunAttribute::priority, 7);
  writer.integrity(as_bytes("key"));
  writer.attribute(StunAttribute::use_candidate);
  writer.u32(StunAttribute::priority, 8);
  const StunMessage message = decoded(BytesView(buffer).first(writer.finish()));

  EXPECT_TRUE(message.integrity_matches(as_bytes("key")));
  EXPECT_EQ(message.u32(StunAttribute::priority), 7U);
  EXPECT_FALSE(message.has(StunAttribute::use_candidate));
}

TEST(StunMessageTest, BoundsTheNumberOfAttributes) {
  std::array<std::uint8_t, 1'024> buffer{};
  StunWriter writer(buffer, StunClass::request, StunMethod::binding, sample_transaction);
  for (std::size_t i = 0; i < StunMessage::attribute_count_max; ++i) {
    writer.attribute(StunAttribute::use_candidate);
  }
  EXPECT_TRUE(decode_stun(BytesView(buffer).first(writer.finish())));

  writer.attribute(StunAttribute::use_candidate);

  EXPECT_EQ(decode_stun(BytesView(buffer).first(writer.finish())).error(),
            StunError::too_many_attributes);
}

TEST(StunMessageTest, ListsAttributesItHadToUnderstand) {
  std::array<std::uint8_t, 128> buffer{};
  StunWriter writer(buffer, StunClass::request, StunMethod::binding, sample_transaction);
  writer.attribute(StunAttribute{0x7001});
  writer.attribute(StunAttribute::username);
  writer.attribute(StunAttribute{0xc057});
  writer.attribute(StunAttribute{0x7002});
  const StunMessage message = decoded(BytesView(buffer).first(writer.finish()));
  std::array<StunAttribute, 4> found{};
  std::array<StunAttribute, 1> room_for_one{};

  EXPECT_EQ(message.unknown_required(found), 2U);
  EXPECT_EQ(message.unknown_required(room_for_one), 1U);
  EXPECT_THAT(found, testing::ElementsAre(StunAttribute{0x7001}, StunAttribute{0x7002},
                                          StunAttribute{}, StunAttribute{}));
}

TEST(StunMessageTest, TellsStunFromItsNeighboursOnThePort) {
  Bytes dtls(30, 0);
  dtls[0] = 22;
  Bytes channel_data(30, 0);
  channel_data[0] = 0x40;

  EXPECT_TRUE(is_stun(sample_request));
  EXPECT_FALSE(is_stun(dtls));
  EXPECT_FALSE(is_stun(channel_data));
  EXPECT_FALSE(is_stun({}));
}

TEST(Crc32Test, AgreesWithTheCheckValue) {
  Crc32 crc;
  crc.update(as_bytes("1234"));
  crc.update(as_bytes("56789"));

  EXPECT_EQ(crc.value(), 0xcbf43926U);
}

}  // namespace
}  // namespace pigeon::ice
