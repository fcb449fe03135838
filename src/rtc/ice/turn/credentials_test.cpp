#include "rtc/ice/turn/credentials.hpp"

#include <array>

#include <gtest/gtest.h>

#include "base/hex.hpp"
#include "rtc/ice/stun/message.hpp"

namespace pigeon::ice {
namespace {

// RFC 5769 section 2.4: a request with long-term credentials.
// clang-format off
constexpr std::array<std::uint8_t, 116> sample_authenticated_request = {
    0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0,
    0x29, 0xda, 0x41, 0x2e, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83, 0x9e, 0xe3, 0x83, 0x88, 0xe3, 0x83,
    0xaa, 0xe3, 0x83, 0x83, 0xe3, 0x82, 0xaf, 0xe3, 0x82, 0xb9, 0x00, 0x00, 0x00, 0x15, 0x00, 0x1c,
    0x66, 0x2f, 0x2f, 0x34, 0x39, 0x39, 0x6b, 0x39, 0x35, 0x34, 0x64, 0x36, 0x4f, 0x4c, 0x33, 0x34,
    0x6f, 0x4c, 0x39, 0x46, 0x53, 0x54, 0x76, 0x79, 0x36, 0x34, 0x73, 0x41, 0x00, 0x14, 0x00, 0x0b,
    0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x6f, 0x72, 0x67, 0x00, 0x00, 0x08, 0x00, 0x14,
    0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6, 0x4a, 0x3e, 0x02, 0xb8, 0xe0, 0x71, 0x2e, 0x85, 0xc9, 0xa2,
    0x8c, 0xa8, 0x96, 0x66};
// clang-format on

TEST(TurnCredentialsTest, DerivesTheKeyOfTheStandard) {
  // RFC 8489 section 9.2.2.
  TurnCredentials credentials("user", "pass");

  ASSERT_TRUE(credentials.challenge("realm", "nonce"));

  EXPECT_EQ(encode_hex(credentials.key()), "8493fbc53ba582fb4c044c456bdc40eb");
}

TEST(TurnCredentialsTest, VerifiesTheSampleOfTheStandard) {
  const auto message = decode_stun(sample_authenticated_request);
  ASSERT_TRUE(message);
  TurnCredentials credentials("\u30de\u30c8\u30ea\u30c3\u30af\u30b9", "TheMatrIX");

  ASSERT_TRUE(credentials.challenge(message->text(StunAttribute::realm).value_or(""),
                                    message->text(StunAttribute::nonce).value_or("")));

  EXPECT_EQ(message->text(StunAttribute::username), credentials.username());
  EXPECT_TRUE(message->integrity_matches(credentials.key()));
}

TEST(TurnCredentialsTest, IsInactiveUntilTheServerAsks) {
  TurnCredentials credentials("user", "pass");

  EXPECT_FALSE(credentials.active());
  EXPECT_TRUE(credentials.challenge("realm", "nonce"));
  EXPECT_TRUE(credentials.active());
}

TEST(TurnCredentialsTest, TakesANewNonceAndANewRealm) {
  TurnCredentials credentials("user", "pass");
  credentials.challenge("realm", "first");
  const auto key = credentials.key();

  EXPECT_TRUE(credentials.challenge("realm", "second"));
  EXPECT_EQ(credentials.nonce(), "second");
  EXPECT_EQ(credentials.key(), key);
  EXPECT_TRUE(credentials.challenge("elsewhere", "third"));
  EXPECT_NE(credentials.key(), key);
}

TEST(TurnCredentialsTest, RefusesAChallengeThatCannotBeAnswered) {
  TurnCredentials credentials("user", "pass");

  EXPECT_FALSE(credentials.challenge("", "nonce"));
  EXPECT_FALSE(credentials.challenge("realm", ""));
  EXPECT_FALSE(credentials.challenge(std::string(turn_realm_size_max + 1, 'r'), "nonce"));
  EXPECT_FALSE(credentials.challenge("realm", std::string(turn_nonce_size_max + 1, 'n')));
  EXPECT_FALSE(TurnCredentials("", "pass").challenge("realm", "nonce"));
  EXPECT_FALSE(credentials.active());
}

}  // namespace
}  // namespace pigeon::ice
