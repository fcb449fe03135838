#include "hub/http_api.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.hpp"
#include "hub/status_assets.hpp"

namespace pigeon::hub {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string header(const SendResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string member(const SendResponse& response, std::string_view key) {
  wire::JsonReader reader;
  const auto text = reader.parse(response.body);
  if (!text) return "not JSON: " + response.body;
  for (const wire::JsonMember& each : reader.members(*text)) {
    if (each.key == key) return std::string(each.value.raw);
  }
  return "absent";
}

TEST(HttpApiTest, HealthHasTheFieldsOfEveryServer) {
  HubUnderTest hub;
  hub.join(alice);
  hub.open(bob);
  hub.pass(1500ms);

  const SendResponse health = hub.get("/health");

  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(member(health, "status"), "\"healthy\"");
  EXPECT_EQ(member(health, "connections"), "2");
  EXPECT_EQ(member(health, "peers"), "1");
  EXPECT_EQ(member(health, "uptime"), "1500");
  for (const std::string_view key : {"nodeId", "port", "connected", "isBootstrapping", "dhtReady",
                                     "signalDirReady", "timestamp", "memory", "isHub", "hubs"}) {
    EXPECT_NE(member(health, key), "absent") << key;
  }
}

TEST(HttpApiTest, MakesAPeerIdWithUrlsOfTheRequestedHost) {
  HubUnderTest hub;

  const SendResponse made = hub.get("/generate-peer-id");
  const SendResponse again = hub.get("/generate-peer-id");

  EXPECT_EQ(member(made, "peerId").size(), 42U);
  EXPECT_NE(member(made, "peerId"), member(again, "peerId"));
  EXPECT_THAT(member(made, "wsUrl"), HasSubstr("\"ws://hub.example:3000?peerId="));
}

TEST(HttpApiTest, DoesNotRepeatAnOddHost) {
  HubUnderTest hub;
  const auto socket_url = [&](const std::string& host) {
    return member(hub.get("/signaling", "GET", host), "wsUrl");
  };
  for (const std::string host : {"", "[", "]", "[]", "[::1", "::1]", "[::1]x", "[[::1]]", ":80",
                                 "a b", "x/y", R"(evil"><script>)"}) {
    EXPECT_EQ(socket_url(host), R"("ws://localhost:3000")") << host;
  }
  for (const std::string host : {"hub.example", "hub.example:3000", "[2001:db8::1]:80", "[::1]"}) {
    EXPECT_EQ(socket_url(host), R"("ws://)" + host + R"(")");
  }
}

TEST(HttpApiTest, TellsThePublicAddressInTheSchemeThatIsNeeded) {
  for (const std::string security : {"", "s"}) {
    for (const std::string scheme : {"http", "ws"}) {
      HubOptions options;
      options.public_url = scheme + security + "://hub.example/";
      HubUnderTest hub(options);
      const SendResponse told = hub.get("/signaling");

      EXPECT_EQ(member(told, "wsUrl"), R"("ws)" + security + R"(://hub.example")");
      EXPECT_EQ(member(told, "generatePeerIdUrl"),
                R"("http)" + security + R"(://hub.example/generate-peer-id")");
    }
  }
}

TEST(HttpApiTest, ListsAnnouncedPeers) {
  HubUnderTest hub;
  const auto a = hub.open(alice);
  hub.send(a, R"({"type":"announce","data":{"name":"A"}})");
  hub.open(bob);

  const SendResponse peers = hub.get("/peers");

  EXPECT_EQ(member(peers, "count"), "1");
  EXPECT_THAT(peers.body, AllOf(HasSubstr(R"("peerId":"aaaaaaaa...","fullPeerId":")" + alice),
                                HasSubstr(R"("data":{"name":"A"})"), Not(HasSubstr(bob))));
}

TEST(HttpApiTest, KeepsPeersToItselfIfTold) {
  HubOptions options;
  options.list_peers = false;
  HubUnderTest hub(options);
  hub.join(alice);

  for (const std::string path : {"/peers", "/signaling", "/status.json"}) {
    EXPECT_THAT(hub.get(path).body, Not(HasSubstr(alice))) << path;
  }
}

TEST(HttpApiTest, ListsNoHubs) {
  HubUnderTest hub;

  EXPECT_EQ(member(hub.get("/hubs"), "totalHubs"), "0");
  EXPECT_EQ(member(hub.get("/hubs"), "hubs"), "[]");
}

TEST(HttpApiTest, StatusShowsTheGraphOfANamespace) {
  HubUnderTest hub;
  const auto a = hub.join(alice, R"(red "one")");
  const auto b = hub.join(bob, R"(red "one")");
  hub.signal(b, "offer", alice, "{}", R"(red \"one\")");
  hub.signal(a, "answer", bob, "{}", R"(red \"one\")");

  const SendResponse status = hub.get("/status.json");

  EXPECT_EQ(member(status, "peers"), "2");
  EXPECT_THAT(member(status, "namespaces"),
              HasSubstr(R"({"name":"red \"one\"","peers":2,"links":1})"));
  EXPECT_THAT(member(status, "graph"), HasSubstr(R"("edges":[{"a":0,"b":1,"state":"answered"}])"));
}

TEST(HttpApiTest, StatusListsTheLargestNamespacesAndShowsAnyThatIsAskedFor) {
  HubUnderTest hub;
  Random random = Random::from_number(1);
  const auto join = [&](const std::string& network) {
    hub.join(random.id<PeerId>().to_text(), network);
  };
  for (int i = 0; i < 60; ++i) join("n" + std::to_string(100 + i));
  join("n159");

  const SendResponse status = hub.get("/status.json");

  EXPECT_THAT(member(status, "namespaces"),
              AllOf(StartsWith(R"([{"name":"n159","peers":2,"links":0},{"name":"n100")"),
                    HasSubstr("n148"), Not(HasSubstr("n149"))));
  EXPECT_EQ(member(status, "namespaceCount"), "60");
  EXPECT_EQ(member(status, "peers"), "61");
  EXPECT_THAT(member(status, "graph"), HasSubstr(R"("namespace":"n159")"));
}

TEST(HttpApiTest, StatusDrawsNoLinkThatIsNotExpected) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  hub.join(bob);
  EXPECT_THAT(member(hub.get("/status.json"), "graph"), HasSubstr(R"("state":"introduced")"));

  // Without an offer the introduction is given up.
  hub.pass(5s);
  EXPECT_THAT(member(hub.get("/status.json"), "graph"), HasSubstr(R"("edges":[])"));
  hub.close(a);

  EXPECT_EQ(member(hub.get("/status.json"), "peers"), "1");
}

TEST(HttpApiTest, MetricsAreInPrometheusFormat) {
  HubUnderTest hub;
  const auto a = hub.join(alice);
  hub.send(a, "garbage");

  const SendResponse metrics = hub.get("/metrics");

  EXPECT_THAT(header(metrics, "Content-Type"), HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(metrics.body,
              AllOf(HasSubstr("# TYPE pigeonhub_connections gauge\npigeonhub_connections 1"),
                    HasSubstr("pigeonhub_messages_total{type=\"announce\",dir=\"in\"} 1"),
                    HasSubstr("pigeonhub_refused_total{reason=\"malformed_message\"} 1")));
}

TEST(HttpApiTest, ServesTheStatusPageUnderAStrictPolicy) {
  HubUnderTest hub;

  const SendResponse page = hub.get("/");
  const SendResponse script = hub.get("/status.js");

  EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
  EXPECT_THAT(header(page, "Content-Security-Policy"),
              AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr("unsafe"))));
  EXPECT_THAT(header(script, "Content-Type"), HasSubstr("text/javascript"));
  EXPECT_FALSE(script.body.empty());
}

TEST(HttpApiTest, TakesPathsWithoutRegardToCaseAndSlash) {
  HubUnderTest hub;

  EXPECT_EQ(hub.get("/HEALTH/").status, 200);
  EXPECT_EQ(hub.get("/health", "HEAD").status, 200);
}

TEST(HttpApiTest, AnswersErrorsAsJson) {
  HubUnderTest hub;

  for (const auto& [path, method, status] :
       {std::tuple{"/nothing", "GET", 404}, {"/health", "DELETE", 405}, {"/", "POST", 405}}) {
    const SendResponse response = hub.get(path, method);
    EXPECT_EQ(response.status, status) << path;
    EXPECT_NE(member(response, "error"), "absent");
  }
  EXPECT_EQ(hub.get("/health", "OPTIONS").status, 204);
}

TEST(HttpApiTest, EveryAnswerAllowsOtherOrigins) {
  HubOptions options;
  options.cors_origin = "https://app.example";
  HubUnderTest hub(options);

  for (const std::string path : {"/health", "/nothing", "/", "/metrics"}) {
    EXPECT_EQ(header(hub.get(path), "Access-Control-Allow-Origin"), "https://app.example") << path;
  }
}

TEST(HttpApiTest, LimitsTheRequestsOfAnAddress) {
  HubOptions options;
  options.limits.requests_per_address = {.per_minute = 60, .burst = 2};
  HubUnderTest hub(options);
  hub.get("/health");
  hub.get("/health");

  const SendResponse third = hub.get("/health");

  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(header(third, "Retry-After"), "1");
}

}  // namespace
}  // namespace pigeon::hub
