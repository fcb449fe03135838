#include "suite/password_lock.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/base64.hpp"

namespace pigeon::suite {
namespace {

using crypto::LockedText;

// For tests that lock and unlock a thousand times. What a file may have is for its reader to say.
constexpr std::uint32_t few_rounds = 10;

constexpr std::string_view password = "p\xc3\xa4ssword \xf0\x9f\x94\x92";

LockedText locked_with(std::string_view text, std::uint32_t rounds = few_rounds) {
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 12> iv{};
  salt.fill(0x55);
  iv.fill(0x66);
  return lock_with(as_bytes(text), password, rounds, salt, iv).value();
}

std::string unlocked(const LockedText& locked, std::string_view with = password) {
  const auto text = unlock(locked, with);
  return text ? std::string(as_text(*text)) : std::string(to_string(text.error()));
}

const std::string refused(to_string(SuiteError::wrong_password));

// Made with the crypto module of Node: pbkdf2Sync(password, salt, 1000, 32, 'sha256'), then
// aes-256-gcm with the rounds as four bytes and the salt as additional data.
TEST(PasswordLockTest, LocksAndUnlocksWhatNodeLocks) {
  const LockedText locked = locked_with("hello mesh", 1'000);

  EXPECT_EQ(encode_base64url(locked.ciphertext), "QSD9oM2Dfw2APprV-dIjKm2POg6bQyTlmJw");
  EXPECT_EQ(unlocked(locked), "hello mesh");
}

TEST(PasswordLockTest, LocksWithEnoughRoundsAndItsOwnSaltAndVector) {
  const LockedText one = lock(as_bytes("hello"), password).value();
  const LockedText other = lock(as_bytes("hello"), password).value();

  EXPECT_EQ(one.rounds, 600'000U);
  EXPECT_NE(one.salt, other.salt);
  EXPECT_NE(one.iv, other.iv);
  EXPECT_NE(one.ciphertext, other.ciphertext);
  EXPECT_EQ(one.ciphertext.size(), 5U + 16U);
  EXPECT_EQ(unlocked(one), "hello");
}

TEST(PasswordLockTest, OpensForItsPasswordOnly) {
  const LockedText locked = locked_with("hello");

  EXPECT_EQ(unlocked(locked), "hello");
  for (const std::string& other : {std::string(), std::string(password.substr(1)),
                                   std::string(password) + ' ', std::string(1'024, 'p')}) {
    EXPECT_EQ(unlocked(locked, other), refused) << other;
  }
}

TEST(PasswordLockTest, AnEmptyTextIsOne) {
  const LockedText locked = locked_with("");

  EXPECT_EQ(unlocked(locked), "");
  EXPECT_EQ(unlocked(locked, "other"), refused);
}

TEST(PasswordLockTest, RefusesEveryTruncation) {
  const LockedText whole = locked_with("hello mesh");
  for (std::size_t size = 0; size < whole.ciphertext.size(); ++size) {
    LockedText cut = whole;
    cut.ciphertext.resize(size);

    EXPECT_EQ(unlocked(cut), refused) << size;
  }
  LockedText longer = whole;
  longer.ciphertext.push_back(0);
  EXPECT_EQ(unlocked(longer), refused);
}

TEST(PasswordLockTest, RefusesEveryFlippedBit) {
  const LockedText whole = locked_with("hello mesh");
  const auto expect_refused = [&](auto& changed, auto& bytes) {
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      const std::uint8_t before = bytes[bit / 8];
      bytes[bit / 8] = static_cast<std::uint8_t>(before ^ (1U << (bit % 8)));
      EXPECT_EQ(unlocked(changed), refused) << bit;
      bytes[bit / 8] = before;
    }
  };
  LockedText changed = whole;
  expect_refused(changed, changed.salt);
  expect_refused(changed, changed.iv);
  expect_refused(changed, changed.ciphertext);
  EXPECT_EQ(unlocked(changed), "hello mesh");
  changed.rounds = few_rounds + 1;
  EXPECT_EQ(unlocked(changed), refused);
}

// TLS on the same thread reads the queue.
TEST(PasswordLockTest, LeavesNoErrorInOpenssl) {
  ERR_clear_error();
  LockedText locked = locked_with("hello");
  EXPECT_EQ(unlocked(locked, "other"), refused);
  locked.rounds = 0;
  EXPECT_FALSE(unlock(locked, password).has_value());
  locked.rounds = 4'000'000'000;
  EXPECT_EQ(unlock(locked, password).error(), SuiteError::library_failure);

  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace pigeon::suite
