#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "wire/signal_data.hpp"

namespace pigeon::wire {
namespace {

std::string digest(std::string_view byte, std::size_t count) {
  std::string text(byte);
  for (std::size_t i = 1; i < count; ++i) (text += ':') += byte;
  return text;
}

std::string line(std::string_view hash, std::string_view digits) {
  return "a=fingerprint:" + std::string(hash) + " " + std::string(digits) + "\r\n";
}

const std::string head = "v=0\r\ns=-\r\n";
const std::string section = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n";

TEST(CertificateFingerprintTest, ReadsTheOneOfTheSessionOrOfASection) {
  const std::string one = "sha-256 " + digest("AB", 32);

  EXPECT_EQ(certificate_fingerprint(head + line("sha-256", digest("AB", 32)) + section), one);
  EXPECT_EQ(certificate_fingerprint(head + section + line("sha-256", digest("AB", 32))), one);
  EXPECT_EQ(certificate_fingerprint("a=fingerprint:sha-256 " + digest("AB", 32)), one);
}

TEST(CertificateFingerprintTest, HasOneSpelling) {
  EXPECT_EQ(certificate_fingerprint(head + line("SHA-256", digest("aB", 32))),
            "sha-256 " + digest("AB", 32));
  EXPECT_EQ(certificate_fingerprint("v=0\na=fingerprint:sha-512 " + digest("0f", 64) + "\n"),
            "sha-512 " + digest("0F", 64));
}

TEST(CertificateFingerprintTest, TakesTheSameOneManyTimes) {
  EXPECT_EQ(certificate_fingerprint(head + line("sha-256", digest("AB", 32)) + section +
                                    line("sha-256", digest("ab", 32))),
            "sha-256 " + digest("AB", 32));
}

TEST(CertificateFingerprintTest, IsNotKnownIfThereAreTwo) {
  const std::string one = line("sha-256", digest("AB", 32));
  EXPECT_FALSE(certificate_fingerprint(head + one + line("sha-256", digest("AC", 32))));
  EXPECT_FALSE(certificate_fingerprint(head + one + line("sha-384", digest("AB", 48))));
  EXPECT_FALSE(certificate_fingerprint(head + line("sha-256", digest("AC", 32)) + one + section));
}

TEST(CertificateFingerprintTest, IsNotKnownIfALineCouldBeReadInAnotherWay) {
  const std::string one = line("sha-256", digest("AB", 32));
  for (const std::string& odd :
       {line("sha-256", digest("AB", 31)), line("sha-1", digest("AB", 20)),
        line("sha-256", " " + digest("AB", 32)), line("sha-256", digest("AB", 32) + " "),
        line("sha-256", digest("GG", 32)), std::string("a=fingerprint:sha-256\r\n"),
        "a=Fingerprint:sha-256 " + digest("CD", 32) + "\r\n",
        " a=fingerprint:sha-256 " + digest("CD", 32) + "\r\n",
        "A=fingerprint:sha-256 " + digest("CD", 32) + "\r\n",
        "a=fingerprint: sha-256 " + digest("CD", 32) + "\r\n",
        "a=fingerprint:sha-256\t" + digest("CD", 32) + "\r\n",
        "a=x a=fingerprint:sha-256 " + digest("CD", 32) + "\r\n"}) {
    EXPECT_FALSE(certificate_fingerprint(head + one + odd)) << odd;
    EXPECT_FALSE(certificate_fingerprint(head + odd + one)) << odd;
  }
}

TEST(CertificateFingerprintTest, IsNothingWithoutOne) {
  EXPECT_FALSE(certificate_fingerprint(""));
  EXPECT_FALSE(certificate_fingerprint("\r\n\r\n"));
  EXPECT_FALSE(certificate_fingerprint(head + section));
}

}  // namespace
}  // namespace pigeon::wire
