#include "persist/locked_identity_text.hpp"

#include <array>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::persist {
namespace {

using testing::HasSubstr;

constexpr std::string_view golden =
    "peerpigeon locked identity 1\n"
    "rounds 600000\n"
    "salt VVVVVVVVVVVVVVVVVVVVVQ\n"
    "iv ZmZmZmZmZmZmZmZm\n"
    "data AAECAwQFBgcICQoLDA0ODxAREhM\n";

crypto::LockedText golden_lock() {
  crypto::LockedText locked{.rounds = 600'000, .salt = {}, .iv = {}, .ciphertext = {}};
  locked.salt.fill(0x55);
  locked.iv.fill(0x66);
  for (std::uint8_t byte = 0; byte < 20; ++byte) locked.ciphertext.push_back(byte);
  return locked;
}

/// The error, or "(read)".
std::string error_of(std::string_view text) {
  const auto locked = decode_locked_identity(text);
  return locked ? "(read)" : locked.error();
}

std::string replaced(std::string_view what, std::string_view with) {
  std::string text(golden);
  return text.replace(text.find(what), what.size(), with);
}

TEST(LockedIdentityTextTest, WritesAndReadsTheGoldenFile) {
  EXPECT_EQ(encode_identity(golden_lock()), golden);
  const auto locked = decode_locked_identity(golden);

  ASSERT_TRUE(locked.has_value()) << locked.error();
  EXPECT_EQ(*locked, golden_lock());
}

TEST(LockedIdentityTextTest, IsToldFromOneThatIsNotLocked) {
  EXPECT_TRUE(is_locked_identity(golden));
  EXPECT_FALSE(is_locked_identity("peerpigeon identity 1\n"));
  EXPECT_FALSE(is_locked_identity(""));
}

TEST(LockedIdentityTextTest, TakesCommentsAndAnyOrder) {
  EXPECT_EQ(error_of(std::string(golden) + "\n# mine\n"), "(read)");
  EXPECT_EQ(error_of("peerpigeon locked identity 1\r\n# mine\r\niv ZmZmZmZmZmZmZmZm\r\n"
                     "data AAECAwQFBgcICQoLDA0ODxAREhM\r\nsalt VVVVVVVVVVVVVVVVVVVVVQ\r\n"
                     "rounds 600000"),
            "(read)");
}

// A cut in the data leaves other data, which the tag does not fit; every other cut is seen here.
TEST(LockedIdentityTextTest, NoTruncationIsReadAsTheSame) {
  for (std::size_t size = 0; size + 1 < golden.size(); ++size) {
    const auto locked = decode_locked_identity(golden.substr(0, size));

    EXPECT_TRUE(!locked || (size > golden.find("data ") + 5 && *locked != golden_lock())) << size;
  }
}

// What is read differently is refused when it is unlocked: the key or the tag then differs.
TEST(LockedIdentityTextTest, NoChangedBitIsReadAsTheSame) {
  for (std::size_t bit = 0; bit < 8 * golden.size(); ++bit) {
    std::string text(golden);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    const auto locked = decode_locked_identity(text);

    EXPECT_TRUE(!locked || *locked != golden_lock()) << bit;
  }
}

TEST(LockedIdentityTextTest, RefusesEveryLineTwiceOrMissing) {
  for (const std::string_view line :
       {"rounds 600000\n", "salt VVVVVVVVVVVVVVVVVVVVVQ\n", "iv ZmZmZmZmZmZmZmZm\n",
        "data AAECAwQFBgcICQoLDA0ODxAREhM\n"}) {
    const std::string name(line.substr(0, line.find(' ')));
    EXPECT_EQ(error_of(replaced(line, "")), "has no line " + name);
    EXPECT_EQ(error_of(std::string(golden).append(line)), "has the line " + name + " twice");
    EXPECT_EQ(error_of(replaced(line, name + "\n")), "has nothing in the line " + name);
    EXPECT_EQ(error_of(replaced(line, "x" + std::string(line))),
              "has a line that is none of rounds, salt, iv or data");
  }
}

TEST(LockedIdentityTextTest, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(""), "is empty");
  EXPECT_EQ(error_of("peerpigeon identity 1\n"), "is not a file with the keys of a node");
  EXPECT_THAT(error_of(replaced("identity 1", "identity 2")), HasSubstr("another version than 1"));
  EXPECT_EQ(error_of(std::string(golden) + std::string(4'096, '#')), "is longer than 4096 bytes");
  EXPECT_EQ(error_of(replaced("VVQ", "VV")), "has a damaged salt");
  EXPECT_EQ(error_of(replaced("VVQ", "VVR")), "has a damaged salt");
  EXPECT_EQ(error_of(replaced("salt VV", "salt ")), "has a damaged salt");
  EXPECT_EQ(error_of(replaced("iv ZmZm", "iv ZmZ=")), "has a damaged iv");
  EXPECT_EQ(error_of(replaced("iv ZmZm", "iv ")), "has a damaged iv");
  EXPECT_EQ(error_of(replaced("data AAEC", "data AA C")), "has damaged data");
}

TEST(LockedIdentityTextTest, TakesOnlyRoundsThatProtectAndDoNotCostMinutes) {
  for (const std::string_view good : {"100000", "600000", "10000000"}) {
    EXPECT_EQ(error_of(replaced("600000", good)), "(read)") << good;
  }
  for (const std::string_view bad :
       {"99999", "10000001", "4294967295", "4294967296", "4295567296", "99999999999999999999", "0",
        "-600000", "+600000", "0600000", " 600000", "600000 ", "600000x", "6e5", "600,000"}) {
    EXPECT_EQ(error_of(replaced("600000", bad)),
              "has rounds that are no number from 100000 to 10000000")
        << bad;
  }
}

}  // namespace
}  // namespace pigeon::persist
