#include "net/url.hpp"

#include <string>

#include <gmock/gmock.h>

namespace pigeon::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(UrlTest, DecodesPathAndQuery) {
  const auto target = parse_request_target("/a%20b/c?peerId=AB%63&x=1+2&flag&x=%2B");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c");
  EXPECT_THAT(target->query, ElementsAre(Pair("peerId", "ABc"), Pair("x", "1 2"), Pair("flag", ""),
                                         Pair("x", "+")));
}

TEST(UrlTest, KeepsTheOrderOfRepeatedParameters) {
  const auto target = parse_request_target("/?peerId=one&peerId=two");

  ASSERT_TRUE(target);
  EXPECT_THAT(target->query, ElementsAre(Pair("peerId", "one"), Pair("peerId", "two")));
}

TEST(UrlTest, TakesAbsoluteForm) {
  const auto target = parse_request_target("http://example.org:3000/health?a=b");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/health");
  EXPECT_THAT(target->query, ElementsAre(Pair("a", "b")));
}

TEST(UrlTest, GivesAnAbsoluteFormWithoutPathTheRoot) {
  const auto target = parse_request_target("http://example.org");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/");
}

TEST(UrlTest, TakesAsterisk) {
  const auto target = parse_request_target("*");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "*");
}

TEST(UrlTest, SurvivesSlashesOnly) {
  for (const std::string path : {"/", "//", "///", "////////"}) {
    const auto target = parse_request_target(path);
    if (target) {
      EXPECT_EQ(target->path.front(), '/') << path;
    }
  }
}

TEST(UrlTest, TakesZeroBytesAndInvalidUtf8AsTheyAre) {
  const auto target = parse_request_target("/%00?a=%ff%00");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, std::string("/\0", 2));
  EXPECT_THAT(target->query, ElementsAre(Pair("a", std::string("\xff\0", 2))));
}

TEST(UrlTest, RefusesWhatIsNoTarget) {
  for (const std::string target :
       {"", " ", "a", "example.org:443", "/%", "/%g0", "/%1", "/?a=%zz", "/\x01", "/ b", "/#part",
        "mailto:someone", "http://[", "http://[::1", "//[", "http://host:99999999/", "\xff"}) {
    const auto parsed = parse_request_target(target);
    if (parsed) {
      EXPECT_EQ(parsed->path.front(), '/') << target;
    }
  }
  EXPECT_FALSE(parse_request_target(""));
  EXPECT_FALSE(parse_request_target("/%"));
  EXPECT_FALSE(parse_request_target("/?a=%zz"));
  EXPECT_FALSE(parse_request_target("example.org:443"));
  EXPECT_FALSE(parse_request_target("mailto:someone"));
}

TEST(UrlTest, SurvivesEnormousTargets) {
  EXPECT_TRUE(parse_request_target("/" + std::string(100'000, 'a')));
  EXPECT_TRUE(parse_request_target("/?" + std::string(50'000, '&')));
  EXPECT_FALSE(parse_request_target("/" + std::string(4'000'000, 'a')));
}

TEST(UrlTest, SurvivesEveryTruncation) {
  const std::string whole = "http://u:p@[::1]:80/a%20b//c/../d?x=%41&y&=z&&q=1+2";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto parsed = parse_request_target(whole.substr(0, size));
    if (parsed) {
      EXPECT_FALSE(parsed->path.empty());
    }
  }
}

TEST(UrlTest, SurvivesEveryByteAnywhere) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::string prefix : {"", "/", "//", "/?", "/?a=", "/%", "/%4", "http://"}) {
      const auto parsed = parse_request_target(prefix + static_cast<char>(byte));
      if (parsed) {
        EXPECT_FALSE(parsed->path.empty());
      }
    }
  }
}

TEST(UrlTest, HasNoQueryWithoutAQuestionMark) {
  const auto target = parse_request_target("/health");

  ASSERT_TRUE(target);
  EXPECT_THAT(target->query, IsEmpty());
}

TEST(WebSocketUrlTest, ReadsWhereAServerIs) {
  const auto url = parse_websocket_url("ws://Hub.Example:3000/a%20b?peerId=id&c=%2F");

  ASSERT_TRUE(url);
  EXPECT_FALSE(url->is_secure);
  EXPECT_EQ(url->host, "Hub.Example");
  EXPECT_EQ(url->port, 3'000);
  EXPECT_EQ(url->authority, "Hub.Example:3000");
  EXPECT_EQ(url->target, "/a%20b?peerId=id&c=%2F");
}

TEST(WebSocketUrlTest, KnowsThePortsOfTheSchemes) {
  const auto plain = parse_websocket_url("ws://h");
  const auto secure = parse_websocket_url("WSS://h:443?a");

  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->authority, "h");
  EXPECT_EQ(plain->target, "/");
  ASSERT_TRUE(secure);
  EXPECT_TRUE(secure->is_secure);
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->authority, "h");
  EXPECT_EQ(secure->target, "/?a");
}

TEST(WebSocketUrlTest, TakesAddressesWithoutTheirBrackets) {
  const auto url = parse_websocket_url("ws://[::1]:3000/");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority, "[::1]:3000");
}

TEST(WebSocketUrlTest, RefusesEverythingElse) {
  for (const char* text : {"", "h", "http://h/", "ws:", "ws:///x", "ws://h:0/", "ws://h:65536/",
                           "ws://h/\r\n", "ws://h/ x", "ws://me:secret@h/", "ws://h/#x"}) {
    const auto url = parse_websocket_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error(),
              "This is no address of a WebSocket. Give one such as ws://localhost:3000/.");
  }
}

}  // namespace
}  // namespace pigeon::net
