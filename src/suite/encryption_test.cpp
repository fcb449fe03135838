#include "suite/encryption.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/base64.hpp"
#include "suite/sealing.hpp"

namespace pigeon::suite {
namespace {

using crypto::EncryptionPublicKey;
using crypto::SealedText;
using Scalar = std::array<std::uint8_t, 32>;

Scalar repeated(std::uint8_t byte) {
  Scalar scalar{};
  scalar.fill(byte);
  return scalar;
}

EncryptionKey twos() { return EncryptionKey::from_private_scalar(repeated(0x22)).value(); }

/// The members of unsea's object, without its timestamp.
SealedText sealed_text(std::string_view ciphertext, std::string_view iv, std::string_view sender) {
  SealedText sealed;
  sealed.ciphertext = decode_base64url(ciphertext).value();
  const Bytes vector = decode_base64url(iv).value();
  EXPECT_EQ(vector.size(), sealed.iv.size());
  std::copy_n(vector.begin(), sealed.iv.size(), sealed.iv.begin());
  sealed.ephemeral_key = EncryptionPublicKey::parse(sender).value().bytes();
  return sealed;
}

// The private scalar of 32 bytes 0x22, a message key of 0x33 and an initialization vector of 0x44.
constexpr std::string_view twos_text =
    "1lqTl3yqPRsIGFL_V6eeRl8WYFdzBLrq1QXdOkhYnPM.UBheiVNy32Ih6joTdVfkc_3bZ1XwW9UHw8Uz_OnJEoU";
SealedText published() {
  return sealed_text(
      "K9EDRwYcyTDe2vqCycWzJPM9wRRBbA0", "RERERERERERERERE",
      "UadYCDOJjqGxg8vXNQpAmQeMbvHB4Y6XDNdoMDXyXn0.ARBSJxKwtafP8IFoVIaYSpTmgx7axG5zYPqdg0p6gaE");
}

std::string opened(const EncryptionKey& key, const SealedText& sealed) {
  const auto text = key.open(sealed);
  return text ? std::string(as_text(*text)) : "(refused)";
}

TEST(EncryptionTest, DerivesThePublicKeyThatUnseaDerives) {
  EXPECT_EQ(twos().public_key().to_text(), twos_text);
}

TEST(EncryptionTest, SealsThePublishedMessage) {
  std::array<std::uint8_t, 12> iv{};
  iv.fill(0x44);
  const P256Pair ephemeral = p256_pair_of(repeated(0x33)).value();

  const auto sealed = seal_with(twos().public_key(), as_bytes(R"({"a":1})"), ephemeral, iv);

  ASSERT_TRUE(sealed.has_value());
  EXPECT_EQ(sealed->ciphertext, published().ciphertext);
  EXPECT_EQ(sealed->iv, published().iv);
  EXPECT_EQ(sealed->ephemeral_key, published().ephemeral_key);
}

TEST(EncryptionTest, OpensThePublishedMessage) {
  EXPECT_EQ(opened(twos(), published()), R"({"a":1})");
}

TEST(EncryptionTest, OpensWhatUnseaHasSealed) {
  EXPECT_EQ(opened(twos(), sealed_text("wEDSM12TqQKjiulVWqkFFq8TO42Yy0N3dgg", "NwBYiTtKsK0ur5sc",
                                       "Z_74PoSLha4-7B2xLjDIceDJZP3cHkuDPuWIZJKp2oU."
                                       "qlNiQj2HxmkrsH2I5NJR6C0nxc1ptET95tzzBh0dqLs")),
            "hello mesh");
  EXPECT_EQ(
      opened(twos(), sealed_text("rC5SH8Gs9trd97-3uL5-pLZNkp4vLq5vumpK2lh95PZd", "KZEGrCnOiS1dfMCC",
                                 "HiVB3ZS7PBh50lcm7Wl-tEYapA1fp4IZlArJD3oICbI."
                                 "ZFAiDsUoIaF-x1ZlP1WkTqQoH6szk7XBq4J__aW9JvQ")),
      "{\"text\":\"\xc3\xa9\xf0\x9f\x98\x80\"}");
}

TEST(EncryptionTest, TextsOfEveryLengthCome) {
  const EncryptionKey key = EncryptionKey::generate().value();
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 4'096U, 300'000U}) {
    const std::string text(size, 'x');

    const auto sealed = seal(key.public_key(), as_bytes(text));

    ASSERT_TRUE(sealed.has_value());
    EXPECT_EQ(sealed->ciphertext.size(), size + 16);
    EXPECT_EQ(opened(key, *sealed), text);
  }
}

TEST(EncryptionTest, OnlyTheOwnerOpens) {
  const EncryptionKey bob = EncryptionKey::generate().value();
  const EncryptionKey carol = EncryptionKey::generate().value();

  const auto sealed = seal(bob.public_key(), as_bytes("for bob"));

  EXPECT_EQ(opened(bob, *sealed), "for bob");
  EXPECT_EQ(opened(carol, *sealed), "(refused)");
}

TEST(EncryptionTest, EveryMessageHasItsOwnKeyAndVector) {
  const auto key = twos().public_key();

  const auto one = seal(key, as_bytes("hello"));
  const auto other = seal(key, as_bytes("hello"));

  EXPECT_NE(one->ephemeral_key, other->ephemeral_key);
  EXPECT_NE(one->iv, other->iv);
  EXPECT_NE(one->ciphertext, other->ciphertext);
}

TEST(EncryptionTest, RefusesEveryTruncation) {
  const EncryptionKey key = twos();
  const SealedText whole = published();
  for (std::size_t size = 0; size < whole.ciphertext.size(); ++size) {
    SealedText cut = whole;
    cut.ciphertext.resize(size);

    EXPECT_EQ(opened(key, cut), "(refused)") << size;
  }
  SealedText longer = whole;
  longer.ciphertext.push_back(0);
  EXPECT_EQ(opened(key, longer), "(refused)");
}

TEST(EncryptionTest, RefusesEveryFlippedBit) {
  const EncryptionKey key = twos();
  const SealedText whole = published();
  const auto flip = [](auto& bytes, std::size_t bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
  };
  for (std::size_t bit = 0; bit < 8 * whole.ciphertext.size(); ++bit) {
    SealedText changed = whole;
    flip(changed.ciphertext, bit);
    EXPECT_EQ(opened(key, changed), "(refused)") << bit;
  }
  for (std::size_t bit = 0; bit < 8 * whole.iv.size(); ++bit) {
    SealedText changed = whole;
    flip(changed.iv, bit);
    EXPECT_EQ(opened(key, changed), "(refused)") << bit;
  }
  for (std::size_t bit = 0; bit < 8 * whole.ephemeral_key.size(); ++bit) {
    SealedText changed = whole;
    flip(changed.ephemeral_key, bit);
    EXPECT_EQ(opened(key, changed), "(refused)") << bit;
  }
}

TEST(EncryptionTest, RefusesPointsOffTheCurve) {
  SealedText sealed = published();
  sealed.ephemeral_key.fill(0);
  EXPECT_EQ(opened(twos(), sealed), "(refused)");
  sealed.ephemeral_key.fill(0xff);
  EXPECT_EQ(opened(twos(), sealed), "(refused)");

  std::array<std::uint8_t, 64> off = twos().public_key().bytes();
  off.back() = static_cast<std::uint8_t>(off.back() ^ 1U);
  EXPECT_FALSE(seal(EncryptionPublicKey(off), as_bytes("hello")).has_value());
}

TEST(EncryptionTest, RefusesScalarsOutOfRange) {
  EXPECT_EQ(EncryptionKey::from_private_scalar(repeated(0)).error(),
            SuiteError::invalid_private_key);
  EXPECT_EQ(EncryptionKey::from_private_scalar(repeated(0xff)).error(),
            SuiteError::invalid_private_key);
}

// TLS on the same thread reads the queue.
TEST(EncryptionTest, LeavesNoErrorInOpenssl) {
  ERR_clear_error();
  SealedText sealed = published();
  sealed.ciphertext.back() ^= 1U;
  EXPECT_EQ(opened(twos(), sealed), "(refused)");
  sealed.ephemeral_key.fill(0);
  EXPECT_EQ(opened(twos(), sealed), "(refused)");

  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace pigeon::suite
