#include "net/ip_address.hpp"

#include <cstring>

#include <netinet/in.h>

#include <gtest/gtest.h>

#include "net/endpoint.hpp"

namespace pigeon::net {
namespace {

IpAddress address_of(const std::string& numeric) {
  const auto endpoints = resolve(numeric, 80);
  EXPECT_TRUE(endpoints) << numeric;
  return endpoints ? IpAddress::from_system(endpoints->front().address) : IpAddress();
}

TEST(IpAddressTest, IsTextAsUsual) {
  for (const std::string text : {"127.0.0.1", "192.0.2.255", "::", "::1", "2001:db8::1:0:0:1"}) {
    EXPECT_EQ(address_of(text).to_text(), text);
  }
}

TEST(IpAddressTest, IsTheSameForMappedIpv4) {
  EXPECT_EQ(address_of("::ffff:192.0.2.1"), address_of("192.0.2.1"));
  EXPECT_NE(address_of("192.0.2.2"), address_of("192.0.2.1"));
}

TEST(IpAddressTest, KnowsWhatAClientHasForItself) {
  const IpAddress network = address_of("2001:db8:1:2::");

  EXPECT_EQ(address_of("2001:db8:1:2::1").network(), network);
  EXPECT_EQ(address_of("2001:db8:1:2:ffff:ffff:ffff:ffff").network(), network);
  EXPECT_NE(address_of("2001:db8:1:3::1").network(), network);
  EXPECT_EQ(address_of("192.0.2.1").network(), address_of("192.0.2.1"));
}

TEST(IpAddressTest, IsUnspecifiedForOtherFamilies) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;

  EXPECT_EQ(IpAddress::from_system(storage), IpAddress());
}

TEST(EndpointTest, HasAPort) {
  auto endpoints = resolve("127.0.0.1", 3'000);
  ASSERT_TRUE(endpoints);
  ASSERT_EQ(endpoints->size(), 1U);

  EXPECT_EQ(endpoints->front().port(), 3'000);
  endpoints->front().set_port(65'535);
  EXPECT_EQ(endpoints->front().port(), 65'535);
}

TEST(EndpointTest, RefusesWhatIsNoHost) {
  EXPECT_FALSE(resolve("300.1.2.3", 80));
  EXPECT_FALSE(resolve("no such host", 80));
}

}  // namespace
}  // namespace pigeon::net
