#include "persist/identity_text.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::persist {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view golden =
    "peerpigeon identity 1\n"
    "# Whoever has the two private keys (priv, epriv) is this node. Keep them to yourself.\n"
    "priv ERERERERERERERERERERERERERERERERERERERERERE\n"
    "pub AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0.GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q\n"
    "epriv IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n"
    "epub "
    "1lqTl3yqPRsIGFL_V6eeRl8WYFdzBLrq1QXdOkhYnPM.UBheiVNy32Ih6joTdVfkc_3bZ1XwW9UHw8Uz_OnJEoU\n";

crypto::StoredKeys golden_keys() {
  return {crypto::PrivateScalar::parse("ERERERERERERERERERERERERERERERERERERERERERE").value(),
          crypto::SigningPublicKey::parse("AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0."
                                          "GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q")
              .value(),
          crypto::PrivateScalar::parse("IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI").value(),
          crypto::SigningPublicKey::parse("1lqTl3yqPRsIGFL_V6eeRl8WYFdzBLrq1QXdOkhYnPM."
                                          "UBheiVNy32Ih6joTdVfkc_3bZ1XwW9UHw8Uz_OnJEoU")
              .value()};
}

/// The error, or "(read)".
std::string error_of(std::string_view text) {
  const auto keys = decode_identity(text);
  return keys ? "(read)" : keys.error();
}

std::string replaced(std::string_view what, std::string_view with) {
  std::string text(golden);
  return text.replace(text.find(what), what.size(), with);
}

TEST(IdentityTextTest, WritesAndReadsTheGoldenFile) {
  EXPECT_EQ(encode_identity(golden_keys()), golden);
  const auto keys = decode_identity(golden);

  ASSERT_TRUE(keys.has_value()) << keys.error();
  EXPECT_EQ(*keys, golden_keys());
}

TEST(IdentityTextTest, TakesWhatAnEditorMakesOfIt) {
  std::string windows(golden);
  for (std::size_t at = 0; (at = windows.find('\n', at)) != std::string::npos; at += 2) {
    windows.insert(at, "\r");
  }
  EXPECT_EQ(error_of(windows), "(read)");
  EXPECT_EQ(error_of(golden.substr(0, golden.size() - 1)), "(read)");
  EXPECT_EQ(error_of(std::string(golden) + "\n\n# mine\n"), "(read)");
}

TEST(IdentityTextTest, TakesTheKeysInAnyOrder) {
  EXPECT_EQ(error_of("peerpigeon identity 1\n"
                     "epub 1lqTl3yqPRsIGFL_V6eeRl8WYFdzBLrq1QXdOkhYnPM."
                     "UBheiVNy32Ih6joTdVfkc_3bZ1XwW9UHw8Uz_OnJEoU\n"
                     "epriv IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n"
                     "pub AhfmF_C2RDkoJ4-WmZ5pojpPLBUr321s32bluAKC1O0."
                     "GUp968uXcS0t2jyoWqh2Wlb0X8dYWZZS8ol8ZTBuV5Q\n"
                     "priv ERERERERERERERERERERERERERERERERERERERERERE\n"),
            "(read)");
}

TEST(IdentityTextTest, RefusesEveryTruncation) {
  for (std::size_t size = 0; size + 1 < golden.size(); ++size) {
    EXPECT_NE(error_of(golden.substr(0, size)), "(read)") << size;
  }
}

TEST(IdentityTextTest, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(""), "is empty");
  EXPECT_EQ(error_of("hello\n"), "is not a file with the keys of a node");
  EXPECT_THAT(error_of(replaced("identity 1", "identity 2")), HasSubstr("another version than 1"));
  EXPECT_THAT(error_of(replaced("identity 1", "identity 10")), HasSubstr("another version than 1"));
  EXPECT_EQ(error_of(std::string(golden) + std::string(4'096, '#')), "is longer than 4096 bytes");
  EXPECT_EQ(error_of(replaced("\nepriv ", "\n# ")), "has no line epriv");
  EXPECT_EQ(error_of(replaced("\nepriv ", "\npriv ")), "has the line priv twice");
  EXPECT_EQ(error_of(replaced("\nepriv ", "\nsalt ")),
            "has a line that is none of priv, pub, epriv or epub");
  EXPECT_EQ(error_of(replaced("\nepriv ", "\nepriv\nepriv ")), "has nothing in the line epriv");
  EXPECT_EQ(error_of(replaced("AhfmF", "Ahfm*")), "has a damaged key pub");
  EXPECT_EQ(error_of(replaced("ERERE", "ERER")), "has a damaged key priv");
  EXPECT_EQ(error_of(replaced("priv ", "priv  ")), "has a damaged key priv");
  EXPECT_EQ(error_of(replaced("IiI\n", "IiI \n")), "has a damaged key epriv");
  EXPECT_EQ(error_of(replaced("nPM.", "nPM,")), "has a damaged key epub");
}

TEST(IdentityTextTest, NoErrorShowsAPrivateKey) {
  for (const std::string& text :
       {replaced("\npriv ", "\nPRIV "), replaced("\npriv ", "\npriv"), replaced("RERE\n", "RE\n"),
        replaced("\npriv ", "\npriv x"), replaced("\nepriv ", "\npub ")}) {
    EXPECT_NE(error_of(text), "(read)");
    EXPECT_THAT(error_of(text), Not(HasSubstr("RERE")));
    EXPECT_THAT(error_of(text), Not(HasSubstr("IiIi")));
  }
}

TEST(IdentityTextTest, GarbageIsRefused) {
  const std::string nuls(200, '\0');
  EXPECT_NE(error_of(nuls), "(read)");
  EXPECT_NE(error_of(std::string(golden).replace(0, 1, "\xff")), "(read)");
  EXPECT_NE(error_of(std::string("peerpigeon identity 1\n") + nuls), "(read)");
}

}  // namespace
}  // namespace pigeon::persist
