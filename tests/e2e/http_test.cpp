#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "tests/e2e/hub_test.hpp"
#include "tests/support/http_client.hpp"

// What the hub answers to HTTP requests (PigeonHub, HTTP API of the reference node).

namespace pigeon::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr std::array routes = {"/health", "/hubs",   "/signaling", "/generate-peer-id",
                               "/peers",  "/readyz", "/livez",     "/status.json"};
constexpr const char* iso_time = "[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z";

class HttpTest : public HubTest {
 protected:
  HttpClient open() { return HttpClient(Route{.port = port()}); }
  HttpResponse get(std::string_view target) { return open().get(target); }
  json::object get_json(std::string_view target) {
    const HttpResponse response = get(target);
    EXPECT_EQ(response.status, 200U) << target;
    EXPECT_EQ(response.field("content-type"), "application/json; charset=utf-8") << target;
    return json::parse(response.body).as_object();
  }
  std::string text_of_port() const { return std::to_string(port()); }
};

void expect_cors(const HttpResponse& response) {
  EXPECT_EQ(response.field("access-control-allow-origin"), "*");
  EXPECT_THAT(response.field("access-control-allow-methods"), HasSubstr("GET"));
  EXPECT_THAT(response.field("access-control-allow-headers"), HasSubstr("Content-Type"));
}

/// A JSON object with one sentence, and nothing about the hub's insides.
void expect_error(const HttpResponse& response, unsigned status) {
  ASSERT_EQ(response.status, status);
  EXPECT_THAT(response.field("content-type"), StartsWith("application/json"));
  const json::object body = json::parse(response.body).as_object();
  EXPECT_EQ(body.size(), 1U);
  EXPECT_GT(text_at(body, "error").size(), 5U);
  expect_cors(response);
}

TEST_F(HttpTest, Health) {
  start({"--node-id", "node-alpha"});
  PeerClient alice = connect(1);
  alice.announce();
  alice.sync();

  const json::object health = get_json("/health");

  EXPECT_EQ(text_at(health, "status"), "healthy");
  EXPECT_EQ(text_at(health, "nodeId"), "node-alpha");
  EXPECT_EQ(health.at("port"), port());
  EXPECT_TRUE(health.at("uptime").is_int64());
  EXPECT_EQ(health.at("connections"), 1);
  EXPECT_EQ(health.at("peers"), 1);
  EXPECT_EQ(health.at("networks"), 1);
  EXPECT_EQ(health.at("isHub"), false);
  EXPECT_EQ(health.at("hubs"), 0);
  for (const char* flag : {"connected", "isBootstrapping", "dhtReady", "signalDirReady"}) {
    EXPECT_TRUE(health.at(flag).is_bool()) << flag;
  }
  EXPECT_GT(health.at("memory").as_object().at("rss").as_int64(), 1 << 20);
  EXPECT_THAT(text_at(health, "timestamp"), MatchesRegex(iso_time));
}

TEST_F(HttpTest, Hubs) {
  start();

  const json::object hubs = get_json("/hubs");

  EXPECT_EQ(hubs.at("totalHubs"), 0);
  EXPECT_TRUE(hubs.at("hubs").as_array().empty());
  EXPECT_THAT(text_at(hubs, "timestamp"), MatchesRegex(iso_time));
}

TEST_F(HttpTest, Signaling) {
  start();
  PeerClient alice = connect(1);
  alice.announce();
  alice.sync();

  const json::object signaling = json::parse(open().request("GET", "/signaling").body).as_object();

  EXPECT_EQ(text_at(signaling, "nodeId"), "node-" + text_of_port());
  EXPECT_EQ(signaling.at("signalingPort"), port());
  EXPECT_EQ(text_at(signaling, "wsUrl"), "ws://localhost");
  EXPECT_THAT(text_at(signaling, "webrtcUrl"),
              MatchesRegex("ws://localhost\\?peerId=[0-9a-f]{40}"));
  EXPECT_EQ(text_at(signaling, "generatePeerIdUrl"), "http://localhost/generate-peer-id");
  EXPECT_EQ(signaling.at("totalConnections"), 1);
  EXPECT_EQ(signaling.at("peerDataEntries"), 1);
  const json::object peer = signaling.at("connectedPeers").as_array().at(0).as_object();
  EXPECT_EQ(text_at(peer, "fullPeerId"), alice.id());
  EXPECT_EQ(text_at(peer, "peerId"), alice.id().substr(0, 8) + "...");
  EXPECT_EQ(peer.at("connected"), true);
  EXPECT_TRUE(peer.at("timestamp").is_int64());
  EXPECT_EQ(text_at(signaling.at("alternativeUrls").as_object(), "wsUrl127"),
            "ws://127.0.0.1:" + text_of_port());
}

TEST_F(HttpTest, NamesTheHostThatTheClientAskedIfItIsOne) {
  start();
  const auto url_for = [&](const std::string& host) {
    HttpClient client = open();
    client.send("GET /signaling HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return text_at(json::parse(client.receive().body).as_object(), "wsUrl");
  };

  EXPECT_EQ(url_for("hub.example:8080"), "ws://hub.example:8080");
  EXPECT_EQ(url_for("[::1]:3000"), "ws://[::1]:3000");
  for (const char* nonsense : {"a/b", "\"><script>", "a b", "x@y", "%00", ""}) {
    EXPECT_EQ(url_for(nonsense), "ws://localhost:" + text_of_port()) << nonsense;
  }
}

TEST_F(HttpTest, NamesThePublicUrlIfThereIsOne) {
  start({"--public-url", "wss://hub.example/"});

  EXPECT_THAT(text_at(get_json("/signaling"), "wsUrl"), StartsWith("wss://hub.example"));
}

TEST_F(HttpTest, GeneratesPeerIds) {
  start();

  const json::object first = get_json("/generate-peer-id");
  const json::object second = get_json("/generate-peer-id");

  EXPECT_THAT(text_at(first, "peerId"), MatchesRegex("[0-9a-f]{40}"));
  EXPECT_NE(text_at(first, "peerId"), text_at(second, "peerId"));
  EXPECT_EQ(first.at("length"), 40);
  EXPECT_EQ(text_at(first, "wsUrl"), "ws://localhost?peerId=" + text_at(first, "peerId"));
  EXPECT_THAT(text_at(first.at("usage").as_object(), "example"),
              HasSubstr(text_at(first, "wsUrl")));
  EXPECT_EQ(text_at(first, "nodeId"), "node-" + text_of_port());
}

TEST_F(HttpTest, ListsPeers) {
  start();
  PeerClient alice = connect(1);
  PeerClient silent = connect(2);
  alice.announce({{"name", "Alice"}, {"x", {{"y", 1}}}});
  alice.sync();
  silent.sync();

  const json::object list = get_json("/peers");

  EXPECT_EQ(list.at("count"), 1);
  ASSERT_EQ(list.at("peers").as_array().size(), 1U);
  const json::object peer = list.at("peers").as_array().at(0).as_object();
  EXPECT_EQ(text_at(peer, "fullPeerId"), alice.id());
  const json::object expected = {{"name", "Alice"}, {"x", {{"y", 1}}}};
  EXPECT_EQ(peer.at("data"), expected);
  EXPECT_THAT(text_at(list, "timestamp"), MatchesRegex(iso_time));
}

TEST_F(HttpTest, ListsNobodyIfToldSo) {
  start({"--list-peers", "false"});
  PeerClient alice = connect(1);
  alice.announce();
  alice.sync();

  for (const char* route : {"/peers", "/signaling", "/status.json", "/health", "/metrics"}) {
    const std::string body = get(route).body;
    EXPECT_EQ(body.find(alice.id().substr(0, 8)), std::string::npos) << route;
  }
}

TEST_F(HttpTest, ReadyAndLive) {
  start();

  EXPECT_EQ(text_at(get_json("/readyz"), "status"), "ready");
  EXPECT_EQ(text_at(get_json("/livez"), "status"), "live");
}

TEST_F(HttpTest, MetricsAreInPrometheusText) {
  start();
  PeerClient alice = connect(1);
  alice.announce();
  alice.send({{"type", "nonsense"}});
  alice.sync();

  const HttpResponse response = get("/metrics");
  EXPECT_THAT(response.field("content-type"), StartsWith("text/plain; version=0.0.4"));
  const std::regex help("# HELP [a-z_]+ .+");
  const std::regex type("# TYPE ([a-z_]+) (counter|gauge|histogram|summary|untyped)");
  const std::regex sample(
      R"re(([a-z_]+)(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? ([0-9.e+-]+|NaN|[+-]Inf))re");
  std::map<std::string, std::string> types;
  std::map<std::string, double> values;
  std::istringstream lines(response.body);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, type)) {
      EXPECT_TRUE(types.emplace(match[1], match[2]).second) << line;
    } else if (std::regex_match(line, match, sample)) {
      ASSERT_TRUE(types.contains(match[1])) << line;
      EXPECT_TRUE(values.emplace(match[1].str() + match[2].str(), std::stod(match[4])).second);
    } else {
      EXPECT_TRUE(std::regex_match(line, help)) << line;
    }
  }

  EXPECT_THAT(response.body, EndsWith("\n"));
  EXPECT_EQ(types["pigeonhub_messages_total"], "counter");
  EXPECT_EQ(types["pigeonhub_connections"], "gauge");
  EXPECT_EQ(values["pigeonhub_connections"], 1);
  EXPECT_EQ(values["pigeonhub_peers"], 1);
  EXPECT_EQ(values["pigeonhub_refused_total{reason=\"unroutable_type\"}"], 1);
  EXPECT_GT(values["pigeonhub_resident_bytes"], 1 << 20);
}

/// The contract with the page in web/status.
TEST_F(HttpTest, Status) {
  start({"--second-notice", "0ms"});
  PeerClient alice = connect(1, {.max_peers = 3});
  PeerClient bob = connect(2, {.max_peers = 5});
  alice.announce();
  bob.announce();
  alice.expect("peer-discovered");
  bob.expect("peer-discovered");

  const json::object status = get_json("/status.json");

  EXPECT_EQ(text_at(status, "name"), "pigeonhub");
  EXPECT_EQ(text_at(status, "state"), "ready");
  EXPECT_THAT(text_at(status, "hubId"), MatchesRegex("[0-9a-f]{40}"));
  EXPECT_THAT(text_at(status, "startedAt"), MatchesRegex(iso_time));
  for (const char* number :
       {"uptimeMs", "connections", "connectionsMax", "peers", "memoryBytes", "namespaceCount"}) {
    EXPECT_TRUE(status.at(number).is_int64()) << number;
  }
  EXPECT_EQ(status.at("peers"), 2);
  EXPECT_GT(status.at("messages").as_object().at("in").as_int64(), 1);
  EXPECT_TRUE(status.at("rates").as_object().at("inPerSecond").is_number());
  EXPECT_EQ(text_at(status.at("byType").as_array().at(0).as_object(), "type"), "announce");
  EXPECT_TRUE(status.at("refused").is_array());
  const json::object network = status.at("namespaces").as_array().at(0).as_object();
  EXPECT_EQ(text_at(network, "name"), "global");
  EXPECT_EQ(network.at("peers"), 2);
  EXPECT_EQ(network.at("links"), 0);
  const json::object graph = status.at("graph").as_object();
  EXPECT_EQ(text_at(graph, "namespace"), "global");
  EXPECT_EQ(graph.at("truncated"), false);
  const json::object edge = {{"a", 0}, {"b", 1}, {"state", "introduced"}};
  EXPECT_EQ(graph.at("edges"), json::array({edge}));
  const json::object node = graph.at("nodes").as_array().at(0).as_object();
  EXPECT_EQ(text_at(node, "id"), std::min(alice.id(), bob.id()));
  EXPECT_EQ(text_at(node, "short"), text_at(node, "id").substr(0, 8));
  EXPECT_EQ(node.at("links"), 0);
  EXPECT_EQ(node.at("slots"), alice.id() < bob.id() ? 3 : 5);
}

TEST_F(HttpTest, StatusShowsTheNamespaceThatIsAskedFor) {
  start();
  PeerClient alice = connect(1, {.network = "red & blue"});
  PeerClient bob = connect(2);
  PeerClient carol = connect(3);
  alice.announce();
  bob.announce();
  carol.announce();
  for (PeerClient* each : {&alice, &bob, &carol}) each->sync();
  const auto shown = [&](const std::string& query) {
    return text_at(get_json("/status.json" + query).at("graph").as_object(), "namespace");
  };

  EXPECT_EQ(shown(""), "global");
  EXPECT_EQ(shown("?namespace=red%20%26%20blue"), "red & blue");
  EXPECT_EQ(shown("?namespace=nowhere"), "global");
}

TEST_F(HttpTest, ServesTheStatusPageWithAStrictPolicy) {
  start();

  const HttpResponse page = get("/");

  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.field("content-type"), "text/html; charset=utf-8");
  const std::string policy = page.field("content-security-policy");
  for (const char* rule : {"default-src 'none'", "script-src 'self'", "style-src 'self'",
                           "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"}) {
    EXPECT_THAT(policy, HasSubstr(rule));
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(page.field("x-content-type-options"), "nosniff");

  const std::regex link("(?:href|src)=\"/?([a-z_]+\\.(?:css|js))\"");
  std::size_t link_count = 0;
  for (auto at = std::sregex_iterator(page.body.begin(), page.body.end(), link);
       at != std::sregex_iterator(); ++at) {
    const HttpResponse asset = get("/" + (*at)[1].str());
    EXPECT_EQ(asset.status, 200U) << (*at)[1];
    EXPECT_THAT(asset.field("content-type"), MatchesRegex("text/(css|javascript); charset=utf-8"));
    ++link_count;
  }
  EXPECT_GE(link_count, 2U);
}

TEST_F(HttpTest, AnswersHeadAsGetWithoutABody) {
  start();
  HttpClient client = open();

  for (const char* route : routes) {
    const HttpResponse response = client.request("HEAD", route);
    EXPECT_EQ(response.status, 200U) << route;
    EXPECT_NE(response.field("content-length"), "0") << route;
  }
  const HttpResponse page = client.request("HEAD", "/");
  EXPECT_EQ(page.field("content-length"), std::to_string(client.get("/").body.size()));
  EXPECT_EQ(client.request("HEAD", "/nothing").status, 404U);
}

TEST_F(HttpTest, AnswersPreflights) {
  start();
  HttpClient client = open();

  for (const char* route : routes) {
    const HttpResponse response = client.request(
        "OPTIONS", route, "Origin: http://a\r\nAccess-Control-Request-Method: GET\r\n");
    EXPECT_TRUE(response.status == 200 || response.status == 204) << route;
    expect_cors(response);
  }
}

TEST_F(HttpTest, AllowsCrossOriginAsConfigured) {
  start({"--cors-origin", "https://app.example"});

  EXPECT_EQ(get("/health").field("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(get("/nothing").field("access-control-allow-origin"), "https://app.example");
}

TEST_F(HttpTest, SetsTheUsualFields) {
  start();

  for (const char* route : routes) {
    const HttpResponse response = get(route);
    expect_cors(response);
    EXPECT_THAT(response.field("date"),
                MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"));
    EXPECT_FALSE(response.has("x-powered-by"));
    EXPECT_FALSE(response.has("server"));
  }
}

TEST_F(HttpTest, FindsPathsInOtherSpellings) {
  start();

  for (const char* path :
       {"/HEALTH", "/health/", "/Health//", "/%68ealth", "/health?x=1", "/health?", "/health#x"}) {
    // A fragment is not sent by clients and may be refused.
    const unsigned status = get(path).status;
    EXPECT_TRUE(status == 200 || (std::string(path) == "/health#x" && status == 400)) << path;
  }
}

TEST_F(HttpTest, SaysThatThereIsNothing) {
  start();

  for (const char* path : {"/nothing", "/health/x", "//health", "/../../etc/passwd", "/%00", "/%ff",
                           "/status.json/x", "/index.html2", "/api/publish"}) {
    SCOPED_TRACE(path);
    expect_error(get(path), 404);
  }
}

TEST_F(HttpTest, SaysThatAMethodIsNotAllowed) {
  start();
  HttpClient client = open();

  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "BREW", "get"}) {
    SCOPED_TRACE(method);
    const HttpResponse response = client.request(method, "/health");
    expect_error(response, 405);
    EXPECT_THAT(response.field("allow"), HasSubstr("GET"));
  }
}

TEST_F(HttpTest, LimitsTheRateOfAnAddress) {
  start({"--requests-per-address", "60/min", "--requests-per-address-burst", "5"});
  HttpClient client = open();
  HttpClient elsewhere(Route{.port = port(), .source = "127.0.0.2"});

  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.get("/livez").status, 200U);
  const HttpResponse refused = client.get("/livez");

  expect_error(refused, 429);
  EXPECT_GE(std::stoi(refused.field("retry-after")), 1);
  EXPECT_EQ(elsewhere.get("/livez").status, 200U);
}

}  // namespace
}  // namespace pigeon::test
