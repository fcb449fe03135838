#include "runtime/ice_servers.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = IceServerUrl::Kind;

TEST(IceServersTest, ReadsUrls) {
  EXPECT_EQ(parse_ice_server_url("stun:example.org").value(),
            (IceServerUrl{Kind::stun, "example.org", 3478}));
  EXPECT_EQ(parse_ice_server_url("stun:192.0.2.1:19302").value(),
            (IceServerUrl{Kind::stun, "192.0.2.1", 19302}));
  EXPECT_EQ(parse_ice_server_url("turn:[2001:db8::1]:80").value(),
            (IceServerUrl{Kind::turn_udp, "2001:db8::1", 80}));
  EXPECT_EQ(parse_ice_server_url("turn:[::1]?transport=tcp").value(),
            (IceServerUrl{Kind::turn_tcp, "::1", 3478}));
  EXPECT_EQ(parse_ice_server_url("turn:a:1?transport=udp").value(),
            (IceServerUrl{Kind::turn_udp, "a", 1}));
}

TEST(IceServersTest, RefusesWhatIsNoUrlOfAServerByNamingIt) {
  for (const std::string url :
       {"", "stun:", "stun", "example.org", "http://example.org", "stun::1", "stun:a:", "stun:a:0",
        "stun:a:65536", "stun:a:80x", "stun:[::1", "stun:[::1]x", "stun:[]:1", "turns:a",
        "stun:a?transport=udp", "turn:a?transport=sctp", "turn:a?x"}) {
    const auto parsed = parse_ice_server_url(url);

    ASSERT_FALSE(parsed.has_value()) << url;
    EXPECT_THAT(parsed.error(), HasSubstr("'" + url + "'"));
  }
}

TEST(IceServersTest, SortsServersByWhatTheyDo) {
  const auto servers = resolve_ice_servers({{"stun:127.0.0.1:1", "", ""},
                                            {"turn:127.0.0.1:2", "alice", "secret"},
                                            {"turn:127.0.0.1:3?transport=tcp", "bob", "hidden"}});

  ASSERT_TRUE(servers.has_value());
  EXPECT_THAT(servers->stun, ElementsAre(SocketAddress{IpAddress::loopback_v4(), 1}));
  ASSERT_EQ(servers->turn.size(), 2U);
  EXPECT_EQ(servers->turn[0].username, "alice");
  EXPECT_EQ(servers->turn[0].transport, ice::TurnTransport::udp);
  EXPECT_EQ(servers->turn[1].password, "hidden");
  EXPECT_EQ(servers->turn[1].transport, ice::TurnTransport::tcp);
  EXPECT_TRUE(servers->has_turn_over_udp());
}

TEST(IceServersTest, LooksUpNamesOnceForAll) {
  const auto found = look_up_ice_servers({{"stun:localhost:1", "", ""},
                                          {"turn:[::1]:3?transport=tcp", "bob", "hidden"},
                                          {"stun:no.such.name.invalid", "", ""}});

  ASSERT_GE(found.servers.size(), 2U);
  for (const IceServer& server : found.servers) {
    const auto url = parse_ice_server_url(server.url);
    ASSERT_TRUE(url.has_value()) << server.url;
    EXPECT_TRUE(IpAddress::parse(url->host).has_value()) << server.url;
  }
  EXPECT_EQ(found.servers.back().url, "turn:[::1]:3?transport=tcp");
  EXPECT_EQ(found.servers.back().username, "bob");
  EXPECT_EQ(found.servers.back().credential, "hidden");
  EXPECT_THAT(found.failures, ElementsAre(HasSubstr("'stun:no.such.name.invalid'")));
}

}  // namespace
}  // namespace pigeon::runtime
