#include "base/ip_address.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pigeon {
namespace {

IpAddress address(const std::string& text) {
  const auto parsed = IpAddress::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(IpAddress());
}

TEST(IpAddressTest, IsTextAsUsual) {
  for (const std::string text :
       {"127.0.0.1", "192.0.2.255", "0.0.0.0", "::", "::1", "1::", "2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1", "fe80::1:0:0:2", "1:2:3:4:5:6:7:8", "64:ff9b::c000:221"}) {
    EXPECT_EQ(address(text).to_text(), text);
  }
}

TEST(IpAddressTest, ReadsOtherSpellingsOfIpv6) {
  EXPECT_EQ(address("2001:DB8:0:0:0:0:0:1").to_text(), "2001:db8::1");
  EXPECT_EQ(address("64:ff9b::192.0.2.33").to_text(), "64:ff9b::c000:221");
  EXPECT_EQ(address("1::8").to_text(), "1::8");
}

TEST(IpAddressTest, RefusesWhatIsNoAddress) {
  for (const std::string text : {"",
                                 ".",
                                 "1",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "1.2.3.256",
                                 "01.2.3.4",
                                 "1.2.3.4 ",
                                 " 1.2.3.4",
                                 "-1.2.3.4",
                                 ":",
                                 ":::",
                                 "1::2::3",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "12345::",
                                 "1:2:3:4:5:6:7::8",
                                 "::1%eth0",
                                 "[::1]",
                                 "1:",
                                 ":1",
                                 "g::",
                                 "::1.2.3",
                                 "1:2:3:4:5:6:7:1.2.3.4",
                                 "a.local"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddressTest, IsTheSameForMappedIpv4) {
  EXPECT_EQ(address("::ffff:192.0.2.1"), address("192.0.2.1"));
  EXPECT_NE(address("192.0.2.2"), address("192.0.2.1"));
}

TEST(IpAddressTest, KnowsWhatAClientHasForItself) {
  const IpAddress network = address("2001:db8:1:2::");

  EXPECT_EQ(address("2001:db8:1:2::1").network(), network);
  EXPECT_EQ(address("2001:db8:1:2:ffff:ffff:ffff:ffff").network(), network);
  EXPECT_NE(address("2001:db8:1:3::1").network(), network);
  EXPECT_EQ(address("192.0.2.1").network(), address("192.0.2.1"));
}

TEST(IpAddressTest, KnowsItsKind) {
  EXPECT_TRUE(address("127.1.2.3").is_loopback());
  EXPECT_TRUE(address("::1").is_loopback());
  EXPECT_FALSE(address("::2").is_loopback());
  EXPECT_TRUE(address("169.254.1.1").is_link_local());
  EXPECT_TRUE(address("febf::1").is_link_local());
  EXPECT_FALSE(address("fec0::1").is_link_local());
  EXPECT_TRUE(address("0.0.0.0").is_unspecified());
  EXPECT_TRUE(address("::").is_unspecified());
  EXPECT_TRUE(address("239.1.2.3").is_multicast());
  EXPECT_TRUE(address("255.255.255.255").is_multicast());
  EXPECT_TRUE(address("ff02::1").is_multicast());
  EXPECT_FALSE(address("192.0.2.1").is_multicast());
  EXPECT_TRUE(address("192.0.2.1").is_v4());
  EXPECT_FALSE(address("2001:db8::1").is_v4());
}

}  // namespace
}  // namespace pigeon
