#include "signaling/hub_url.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::signaling {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string url_of(std::string_view given) { return hub_url(given, "ID").value_or("refused"); }

std::string refusal_of(std::string_view given) {
  const auto url = hub_url(given, "ID");
  EXPECT_FALSE(url) << given;
  return url ? "" : url.error();
}

TEST(HubUrlTest, SetsOurId) {
  EXPECT_EQ(url_of("ws://localhost:3000"), "ws://localhost:3000/?peerId=ID");
  EXPECT_EQ(url_of("ws://localhost:3000/"), "ws://localhost:3000/?peerId=ID");
  EXPECT_EQ(url_of("wss://hub.example/a/b"), "wss://hub.example/a/b?peerId=ID");
  EXPECT_EQ(url_of("ws://[::1]:3000"), "ws://[::1]:3000/?peerId=ID");
}

TEST(HubUrlTest, KeepsOtherParameters) {
  EXPECT_EQ(url_of("ws://h/?a=b&c"), "ws://h/?a=b&c&peerId=ID");
  EXPECT_EQ(url_of("ws://h?a=b%26c"), "ws://h/?a=b%26c&peerId=ID");
}

TEST(HubUrlTest, ReplacesAnIdThatIsThere) {
  EXPECT_EQ(url_of("ws://h/?peerId=other&a=b&peerId=third"), "ws://h/?a=b&peerId=ID");
  EXPECT_EQ(url_of("ws://h/?%70eer%49d=other"), "ws://h/?peerId=ID");
  EXPECT_EQ(url_of("ws://h/?peerid=kept&peerId%"), "ws://h/?peerid=kept&peerId%&peerId=ID");
}

TEST(HubUrlTest, SwapsTheSchemesOfTheWeb) {
  EXPECT_EQ(url_of("http://localhost:3000"), "ws://localhost:3000/?peerId=ID");
  EXPECT_EQ(url_of("https://hub.example"), "wss://hub.example/?peerId=ID");
}

TEST(HubUrlTest, GivesOneTextForTwoSpellings) {
  EXPECT_EQ(url_of("HTTPS://Hub.Example:443#top"), url_of("wss://hub.example/"));
  EXPECT_EQ(url_of("ws://h:80/"), url_of("ws://h/"));
  EXPECT_NE(url_of("ws://h:443/"), url_of("ws://h/"));
}

TEST(HubUrlTest, RefusesOtherSchemesWithASentence) {
  for (const char* given : {"ftp://h", "wsx://h", "file:///etc/passwd", "://h", "javascript://h"}) {
    EXPECT_THAT(refusal_of(given), AllOf(HasSubstr(given), HasSubstr("neither ws, wss, http nor"),
                                         EndsWith("such as ws://localhost:3000.")));
  }
  EXPECT_THAT(refusal_of("localhost:3000"), HasSubstr("has no scheme"));
  EXPECT_THAT(refusal_of(""), HasSubstr("has no scheme"));
}

TEST(HubUrlTest, RefusesWhatNamesNoServer) {
  for (const char* given :
       {"ws://", "ws:///path", "ws://:80", "ws://h:", "ws://h:0", "ws://h:65536", "ws://h:8o",
        "ws://[]", "ws://[::1", "ws://::1", "ws://[::g]", "ws://a%41b", "ws://h\\x"}) {
    EXPECT_THAT(refusal_of(given), HasSubstr("has no host, or a port that is none")) << given;
  }
}

TEST(HubUrlTest, DoesNotRepeatSecretsOrControlCharacters) {
  EXPECT_THAT(refusal_of("ws://me:secret@h/"),
              AllOf(HasSubstr("names a user"), Not(HasSubstr("secret"))));
  EXPECT_THAT(refusal_of("ws://h/\x1b[2J"), AllOf(HasSubstr("spaces"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(refusal_of("ws://h/a b\r\nX: y"), Not(HasSubstr("\r")));
  EXPECT_LT(refusal_of("ws://h/" + std::string(100'000, 'a')).size(), 300U);
}

}  // namespace
}  // namespace pigeon::signaling
