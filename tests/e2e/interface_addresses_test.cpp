#include "net/interface_addresses.hpp"

#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/udp_socket.hpp"

namespace pigeon::net {
namespace {

using ::testing::Contains;
using ::testing::Field;

TEST(InterfaceAddressesTest, HasLoopback) {
  EXPECT_THAT(interface_addresses(),
              Contains(AllOf(Field(&InterfaceAddress::address, IpAddress::loopback_v4()),
                             Field(&InterfaceAddress::is_loopback, true),
                             Field(&InterfaceAddress::is_link_local, false))));
}

TEST(InterfaceAddressesTest, IsTheSameEachTimeAndHasEachOnce) {
  const auto addresses = interface_addresses();

  EXPECT_EQ(interface_addresses(), addresses);
  std::set<std::pair<std::string, IpAddress>> different;
  for (const InterfaceAddress& one : addresses) {
    EXPECT_TRUE(different.insert({one.interface, one.address}).second) << one.address.to_text();
  }
}

TEST(InterfaceAddressesTest, NamesAddressesThatCanBeBound) {
  for (const InterfaceAddress& one : interface_addresses()) {
    EXPECT_EQ(one.is_loopback, one.address.is_loopback());
    EXPECT_EQ(one.is_link_local, one.address.is_link_local());
    // Those of IPv6 would need the number of the interface, too.
    if (one.is_link_local) continue;
    EXPECT_TRUE(UdpSocket::bind({one.address, 0})) << one.address.to_text();
  }
}

}  // namespace
}  // namespace pigeon::net
