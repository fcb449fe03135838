#include "net/system_address.hpp"

#include <string>

#include <netinet/in.h>

#include <gtest/gtest.h>

namespace pigeon::net {
namespace {

TEST(SystemAddressTest, GoesThereAndBack) {
  for (const std::string text : {"192.0.2.1", "2001:db8::1"}) {
    const SocketAddress address{*IpAddress::parse(text), 3'000};
    const Endpoint endpoint = to_endpoint(address);

    EXPECT_EQ(endpoint.port(), 3'000);
    EXPECT_EQ(to_socket_address(endpoint.address), address);
    EXPECT_EQ(to_ip_address(endpoint.address), address.ip);
  }
  EXPECT_EQ(to_endpoint({IpAddress::loopback_v4(), 1}).address.ss_family, AF_INET);
  EXPECT_EQ(to_endpoint({IpAddress::loopback_v6(), 1}).address.ss_family, AF_INET6);
}

TEST(SystemAddressTest, IsUnspecifiedForOtherFamilies) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;

  EXPECT_EQ(to_socket_address(storage), SocketAddress());
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
