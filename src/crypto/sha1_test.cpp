#include "crypto/sha1.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/hex.hpp"

namespace pigeon::crypto {
namespace {

std::string sha1_hex(std::string_view text) { return encode_hex(sha1(as_bytes(text))); }

// FIPS 180-4, by way of NIST's examples of SHA-1.
TEST(Sha1Test, AgreesWithNist) {
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(sha1_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "a49b2446a02c645bf419f995b67091253a04a259");
}

TEST(Sha1Test, AgreesWithNistOnAMillionLetters) {
  EXPECT_EQ(sha1_hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// RFC 3174 section 7.3, tests 3 and 4 (1 and 2 are NIST's).
TEST(Sha1Test, AgreesWithRfc3174) {
  const std::string digits = "01234567012345670123456701234567";
  std::string repeated;
  for (int i = 0; i < 20; ++i) repeated += digits;

  EXPECT_EQ(sha1_hex("a"), "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8");
  EXPECT_EQ(sha1_hex(repeated), "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

// RFC 6455 section 1.3.
TEST(Sha1Test, MakesTheWebSocketAcceptKey) {
  const auto digest =
      sha1(as_bytes("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));

  EXPECT_EQ(encode_base64(digest), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace pigeon::crypto
