#include "base/hex.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

TEST(HexTest, WritesLowerCaseDigits) {
  EXPECT_EQ(encode_hex(Bytes{}), "");
  EXPECT_EQ(encode_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}), "000fa5ff");
}

TEST(HexTest, ReadsEitherCase) {
  EXPECT_EQ(decode_hex(""), Bytes{});
  EXPECT_EQ(decode_hex("000FA5ff"), (Bytes{0x00, 0x0f, 0xa5, 0xff}));
}

TEST(HexTest, RefusesAnythingElse) {
  for (const char* text :
       {"0", "000", "0g", "g0", " 0", "0 ", "0x", "0x00", "-1", "+1", "00 ", "\xc3\xa4"}) {
    EXPECT_EQ(decode_hex(text), std::nullopt) << text;
  }
  EXPECT_EQ(decode_hex(std::string_view("0\0", 2)), std::nullopt);
}

TEST(HexTest, RefusesEveryByteThatIsNoDigit) {
  const std::string_view allowed = "0123456789abcdefABCDEF";
  for (int code = 0; code < 256; ++code) {
    const char digit = static_cast<char>(code);
    const bool good = allowed.find(digit) != std::string_view::npos;

    EXPECT_EQ(decode_hex(std::string{digit, '0'}).has_value(), good) << code;
    EXPECT_EQ(decode_hex(std::string{'0', digit}).has_value(), good) << code;
  }
}

TEST(HexTest, RoundTripsEveryLength) {
  Random random = Random::from_number(1);
  for (std::size_t size = 0; size <= 100; ++size) {
    Bytes bytes(size);
    random.fill(bytes);

    EXPECT_EQ(decode_hex(encode_hex(bytes)), bytes);
  }
}

}  // namespace
}  // namespace pigeon
