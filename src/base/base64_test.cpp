#include "base/base64.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// RFC 4648 section 10.
TEST(Base64Test, AgreesWithThePublishedVectors) {
  const std::vector<std::pair<std::string_view, std::string_view>> vectors = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(encode_base64(as_bytes(plain)), encoded);
    EXPECT_EQ(decode_base64(encoded), bytes_of(plain));
  }
}

TEST(Base64Test, UrlFormHasItsOwnDigitsAndNoPadding) {
  const Bytes bytes{0xfb, 0xef, 0xff, 0xfe};

  EXPECT_EQ(encode_base64(bytes), "++///g==");
  EXPECT_EQ(encode_base64url(bytes), "--___g");
  EXPECT_EQ(decode_base64url("--___g"), bytes);
}

TEST(Base64Test, FormsDoNotReadEachOther) {
  EXPECT_EQ(decode_base64("--__"), std::nullopt);
  EXPECT_EQ(decode_base64url("++//"), std::nullopt);
  EXPECT_EQ(decode_base64url("Zg=="), std::nullopt);
  EXPECT_EQ(decode_base64("Zg"), std::nullopt);
}

TEST(Base64Test, RefusesWrongPadding) {
  for (const char* text : {"=", "==", "===", "====", "Zg=", "Zg===", "Zm9v=", "Zm9v==", "Zm9v====",
                           "Z===", "Zg==Zg==", "Zg=v", "=Zg=", "Zm8=Zm8="}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(Base64Test, RefusesLengthsThatNoBytesHave) {
  EXPECT_EQ(decode_base64url("A"), std::nullopt);
  EXPECT_EQ(decode_base64url("AAAAA"), std::nullopt);
}

TEST(Base64Test, RefusesWhiteSpace) {
  EXPECT_EQ(decode_base64("Zm9v\n"), std::nullopt);
  EXPECT_EQ(decode_base64(" m9v"), std::nullopt);
  EXPECT_EQ(decode_base64url("Zm 9"), std::nullopt);
  EXPECT_EQ(decode_base64url(std::string_view("Zm\0v", 4)), std::nullopt);
}

TEST(Base64Test, RefusesEveryByteThatIsNoDigit) {
  const std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (int code = 0; code < 256; ++code) {
    const char digit = static_cast<char>(code);
    const bool common = letters.find(digit) != std::string_view::npos;
    const std::string text{digit, 'A', 'A', 'A'};

    EXPECT_EQ(decode_base64(text).has_value(), common || digit == '+' || digit == '/') << code;
    EXPECT_EQ(decode_base64url(text).has_value(), common || digit == '-' || digit == '_') << code;
  }
}

TEST(Base64Test, RefusesBitsAfterTheLastByte) {
  // Of the 64 last digits, 4 leave no bits over after one byte, and 16 after two.
  const std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  int one_byte = 0;
  int two_bytes = 0;
  for (const char last : digits) {
    if (decode_base64url(std::string{'A', last})) ++one_byte;
    if (decode_base64url(std::string{'A', 'A', last})) ++two_bytes;
  }

  EXPECT_EQ(one_byte, 4);
  EXPECT_EQ(two_bytes, 16);
}

TEST(Base64Test, RoundTripsEveryLength) {
  Random random = Random::from_number(1);
  for (std::size_t size = 0; size <= 200; ++size) {
    Bytes bytes(size);
    random.fill(bytes);

    EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
  }
}

TEST(Base64Test, WhateverDecodesEncodesToTheSameText) {
  Random random = Random::from_number(2);
  const std::string_view alphabet = "AQgwZ_-+/=";
  std::size_t accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::uint64_t length = random.below(9); length > 0; --length) {
      text.push_back(alphabet[random.below(alphabet.size())]);
    }
    if (const auto bytes = decode_base64(text)) {
      EXPECT_EQ(encode_base64(*bytes), text);
      ++accepted;
    }
    if (const auto bytes = decode_base64url(text)) {
      EXPECT_EQ(encode_base64url(*bytes), text);
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 1'000U);
}

TEST(Base64Test, ReadsAKnownNumberOfBytes) {
  EXPECT_EQ(decode_base64url_array<3>("_-8A"), (std::array<std::uint8_t, 3>{0xff, 0xef, 0x00}));
  EXPECT_FALSE(decode_base64url_array<2>("_-8A"));
  EXPECT_FALSE(decode_base64url_array<4>("_-8A"));
  EXPECT_FALSE(decode_base64url_array<3>("_-8?"));
}

}  // namespace
}  // namespace pigeon
