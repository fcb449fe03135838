#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>

#include "tests/e2e/hub_test.hpp"
#include "tests/support/http_client.hpp"

// HTTP/1.1 itself (RFC 9112) and the upgrade to WebSocket (RFC 6455 section 4).

namespace pigeon::test {
namespace {

using namespace std::string_literals;
using ::testing::StartsWith;

class HttpSyntaxTest : public HubTest {
 protected:
  void SetUp() override { start(); }

  HttpClient open() { return HttpClient(Route{.port = port()}); }
  HttpResponse answer_to(std::string_view bytes) {
    HttpClient client = open();
    client.send(bytes);
    return client.receive();
  }
};

/// The error ends the connection, as nobody knows where the next request begins.
void expect_refused(HttpClient& client, unsigned status) {
  const HttpResponse response = client.receive();
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_THAT(response.field("content-type"), StartsWith("application/json"));
  EXPECT_FALSE(text_at(json::parse(response.body).as_object(), "error").empty());
  EXPECT_EQ(response.field("access-control-allow-origin"), "*");
  EXPECT_EQ(response.field("connection"), "close");
  client.expect_end();
}

TEST_F(HttpSyntaxTest, KeepsTheConnection) {
  HttpClient client = open();

  for (int i = 0; i < 20; ++i) {
    const HttpResponse response = client.get("/livez");
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.field("connection"), "keep-alive");
  }
}

TEST_F(HttpSyntaxTest, ClosesWhenAsked) {
  HttpClient client = open();

  EXPECT_EQ(client.request("GET", "/livez", "Connection: close\r\n").field("connection"), "close");
  client.expect_end();
}

TEST_F(HttpSyntaxTest, ClosesAfterHttp10) {
  HttpClient client = open();

  client.send("GET /livez HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200U);
  client.expect_end();
}

TEST_F(HttpSyntaxTest, AnswersPipelinedRequestsInTheirOrder) {
  HttpClient client = open();
  constexpr std::array paths = {"/livez", "/nothing", "/readyz", "/", "/health"};
  constexpr std::array statuses = {200U, 404U, 200U, 200U, 200U};
  std::string requests;
  for (int round = 0; round < 10; ++round) {
    for (const char* path : paths) {
      requests += std::string("GET ") + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
  }

  client.send(requests);

  for (int round = 0; round < 10; ++round) {
    for (const unsigned status : statuses) ASSERT_EQ(client.receive().status, status);
  }
}

TEST_F(HttpSyntaxTest, TakesARequestByteByByte) {
  HttpClient client = open();
  const std::string request = "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: y\r\n\r\n";

  for (int round = 0; round < 2; ++round) {
    for (const char byte : request) client.send({&byte, 1});
    EXPECT_EQ(client.receive().status, 200U);
  }
}

TEST_F(HttpSyntaxTest, SkipsBodies) {
  HttpClient client = open();

  EXPECT_EQ(client.request("POST", "/health", "Content-Length: 5\r\n", "GET /").status, 405U);
  EXPECT_EQ(client.request("GET", "/livez", "Content-Length: 3\r\n", "abc").status, 200U);
  const std::string largest(102'400, 'x');
  EXPECT_EQ(client.request("POST", "/health", "Content-Length: 102400\r\n", largest).status, 405U);
  EXPECT_EQ(client.get("/livez").status, 200U);
}

TEST_F(HttpSyntaxTest, ContinuesWhenAsked) {
  HttpClient client = open();

  client.send(
      "POST /health HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100U);
  client.send("abc");

  EXPECT_EQ(client.receive().status, 405U);
}

TEST_F(HttpSyntaxTest, RefusesLargeBodies) {
  for (const char* length : {"102401", "99999999999", "18446744073709551615"}) {
    HttpClient client = open();
    client.send("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::string(length) +
                "\r\n\r\n");
    expect_refused(client, 413);
  }
}

TEST_F(HttpSyntaxTest, RefusesChunkedBodies) {
  HttpClient client = open();
  client.send("POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  expect_refused(client, 411);
}

TEST_F(HttpSyntaxTest, RefusesLargeHeads) {
  const std::vector<std::string> heads = {
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8'192, 'x') + "\r\n\r\n",
      "GET /" + std::string(8'192, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
      // Refused before they end, if they ever do.
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x'),
      "GET /" + std::string(20'000, 'x'),
      "GET / HTTP/1.1\r\n" +
          [] {
            std::string fields;
            for (int i = 0; i < 2'000; ++i) fields += "A: b\r\n";
            return fields;
          }(),
  };

  for (const std::string& head : heads) {
    SCOPED_TRACE(head.substr(0, 40));
    HttpClient client = open();
    client.send(head);
    expect_refused(client, 431);
  }
}

TEST_F(HttpSyntaxTest, TakesHeadsUpToTheLimit) {
  std::string request = "GET /livez HTTP/1.1\r\nHost: a\r\nX: ";
  request.append(8'192 - request.size() - 4, 'x').append("\r\n\r\n");

  EXPECT_EQ(answer_to(request).status, 200U);
}

TEST_F(HttpSyntaxTest, RefusesWhatIsNoHttp) {
  const std::vector<std::string> requests = {
      "nonsense\r\n\r\n",
      "GET\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
      "GET / FTP/1.1\r\nHost: a\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n",
      "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s,
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
      "GET health HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /% HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
      "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
      "GET mailto:x HTTP/1.1\r\nHost: a\r\n\r\n",
      "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n",
      "\r\n\r\n\r\n\r\nGET\r\n\r\n",
  };

  for (const std::string& request : requests) {
    SCOPED_TRACE(request);
    HttpClient client = open();
    client.send(request);
    expect_refused(client, 400);
  }
}

TEST_F(HttpSyntaxTest, SurvivesClientsThatGoAway) {
  const std::string request = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 0; size <= request.size(); ++size) {
    TcpStream half({.port = port()});
    half.send(request.substr(0, size), Deadline());
    if (size % 2 == 0) half.reset();
  }

  EXPECT_EQ(open().get("/livez").status, 200U);
}

TEST_F(HttpSyntaxTest, EndsIdleConnections) {
  TcpStream idle({.port = port()});
  HttpClient kept = open();
  kept.get("/livez");

  EXPECT_EQ(idle.receive(Deadline()), "");
  kept.expect_end();
}

/// The request of RFC 6455 section 1.2, with each line replaceable.
struct Upgrade {
  std::string start = "GET /?peerId=0123456789012345678901234567890123456789 HTTP/1.1";
  std::string host = "Host: localhost";
  std::string upgrade = "Upgrade: websocket";
  std::string connection = "Connection: Upgrade";
  std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  std::string version = "Sec-WebSocket-Version: 13";
  std::string more = "X: y";

  std::string bytes() const {
    std::string all;
    for (const std::string& line : {start, host, upgrade, connection, key, version, more}) {
      if (!line.empty()) all += line + "\r\n";
    }
    return all + "\r\n";
  }
};

TEST_F(HttpSyntaxTest, UpgradesEveryRightRequest) {
  const std::vector<Upgrade> requests = {
      {},
      {.upgrade = "upgrade: WebSocket"},
      {.upgrade = "UPGRADE:websocket"},
      {.upgrade = "Upgrade: h2c, websocket"},
      {.connection = "connection: keep-alive, upgrade"},
      {.connection = "Connection: keep-alive\r\nConnection: Upgrade"},
      {.key = "sec-websocket-KEY:   dGhlIHNhbXBsZSBub25jZQ==  "},
      {.more = "Sec-WebSocket-Protocol: chat, superchat"},
      {.more = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"},
      {.more = "Origin: http://evil.example"},
      {.more = "Content-Length: 0"},
      {.host = "Host: hub.example:8080"},
      {.host = "Host: ["},
      {.host = "Host: \"><"},
      {.host = "Host:"},
  };

  for (const Upgrade& request : requests) {
    SCOPED_TRACE(request.bytes());
    check_upgrade_response(answer_to(request.bytes()));
  }
}

TEST_F(HttpSyntaxTest, TakesFramesThatComeWithTheRequest) {
  HttpClient client = open();
  client.send(Upgrade().bytes() + encode({.opcode = opcode::ping, .payload = "early"}) +
              encode({.payload = R"({"type":"ping"})"}));
  check_upgrade_response(client.receive());
  FrameReader frames;
  auto [stream, behind] = client.release();
  frames.feed(behind);
  std::vector<ServerFrame> received;
  while (received.size() < 3) {
    if (auto frame = frames.next()) {
      received.push_back(*std::move(frame));
    } else {
      frames.feed(stream->receive(Deadline()));
    }
  }

  const auto has = [&](std::string_view part) {
    return std::any_of(received.begin(), received.end(), [&](const ServerFrame& frame) {
      return frame.payload.find(part) != std::string::npos;
    });
  };
  EXPECT_TRUE(has("early"));
  EXPECT_TRUE(has(R"("type":"connected")"));
  EXPECT_TRUE(has(R"("type":"pong")"));
}

TEST_F(HttpSyntaxTest, RefusesWrongUpgrades) {
  const std::vector<Upgrade> requests = {
      {.start = "POST / HTTP/1.1"},
      {.start = "HEAD / HTTP/1.1"},
      {.start = "GET / HTTP/1.0"},
      {.start = "GET nowhere HTTP/1.1"},
      {.start = "GET /?peerId=%zz HTTP/1.1"},
      {.host = ""},
      {.host = "Host: a\r\nHost: b"},
      {.connection = "Connection: close"},
      {.connection = ""},
      {.key = ""},
      {.key = "Sec-WebSocket-Key:"},
      {.key = "Sec-WebSocket-Key: c2hvcnQ="},
      {.key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSBidXQgdG9vIGxvbmc="},
      {.key = "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!=="},
      {.key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="},
      {.version = ""},
      {.more = "Content-Length: 5"},
  };

  for (const Upgrade& request : requests) {
    SCOPED_TRACE(request.bytes());
    HttpClient client = open();
    client.send(request.bytes());
    const bool is_head = request.start.starts_with("HEAD");
    if (is_head) {
      EXPECT_EQ(client.receive(true).status, 400U);
    } else {
      expect_refused(client, 400);
    }
  }
}

TEST_F(HttpSyntaxTest, NamesTheVersionThatItSpeaks) {
  for (const char* version : {"8", "12", "14", "013", "13x", "-13"}) {
    const HttpResponse response =
        answer_to(Upgrade{.version = "Sec-WebSocket-Version: " + std::string(version)}.bytes());
    EXPECT_EQ(response.status, 426U) << version;
    EXPECT_EQ(response.field("sec-websocket-version"), "13") << version;
    EXPECT_EQ(response.field("upgrade"), "websocket") << version;
  }
}

TEST_F(HttpSyntaxTest, TakesAnotherProtocolsUpgradeForPlainHttp) {
  EXPECT_EQ(
      answer_to("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
          .status,
      200U);
}

}  // namespace
}  // namespace pigeon::test
