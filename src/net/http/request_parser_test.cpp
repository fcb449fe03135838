#include "net/http/request_parser.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace pigeon::net::http {
namespace {

constexpr std::string_view get_health = "GET /health?a=b HTTP/1.1\r\nHost: [\r\nAccept: x\r\n\r\n";
constexpr std::string_view post_ten =
    "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789";

/// Feeds `input` in pieces as a connection does: what is left is offered again with more after it.
/// Gives the number of bytes that the request took, or the error.
Result<std::size_t, RequestError> feed_in_pieces(RequestParser& parser, std::string_view input,
                                                 std::size_t piece) {
  std::size_t used = 0;
  for (std::size_t end = piece; used < input.size() && !parser.is_complete(); end += piece) {
    const auto taken = parser.feed(input.substr(used, std::min(end, input.size()) - used));
    if (!taken) return taken;
    used += *taken;
    if (end >= input.size()) break;
  }
  return used;
}

RequestError error_of(std::string_view input, const RequestLimits& limits = {}) {
  RequestParser parser(limits);
  const auto used = parser.feed(input);
  EXPECT_FALSE(used) << input;
  return used ? RequestError::bad_syntax : used.error();
}

bool is_refused(std::string_view input) { return !RequestParser({}).feed(input).has_value(); }

TEST(RequestParserTest, ReadsARequest) {
  RequestParser parser({});

  const auto used = parser.feed(get_health);

  ASSERT_TRUE(used);
  EXPECT_EQ(*used, get_health.size());
  ASSERT_TRUE(parser.is_complete());
  EXPECT_EQ(parser.method(), "GET");
  EXPECT_EQ(parser.target(), "/health?a=b");
  EXPECT_EQ(parser.version(), 11U);
  EXPECT_EQ(parser.field("host"), "[");
  EXPECT_EQ(parser.field("Accept"), "x");
  EXPECT_EQ(parser.field("Origin"), "");
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_FALSE(parser.has_body());
}

TEST(RequestParserTest, LeavesWhatFollowsARequest) {
  RequestParser parser({});
  const std::string two = std::string(post_ten) + std::string(get_health);

  const auto used = parser.feed(two);

  ASSERT_TRUE(used);
  EXPECT_EQ(*used, post_ten.size());
  EXPECT_TRUE(parser.is_complete());
  EXPECT_TRUE(parser.has_body());
}

TEST(RequestParserTest, ReadsARequestInPiecesOfAnySize) {
  for (const std::string_view whole : {get_health, post_ten}) {
    for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
      RequestParser parser({});

      const auto used = feed_in_pieces(parser, whole, piece);

      ASSERT_TRUE(used) << piece;
      EXPECT_EQ(*used, whole.size()) << piece;
      EXPECT_TRUE(parser.is_complete()) << piece;
    }
  }
}

TEST(RequestParserTest, WaitsForTheRestOfEveryTruncation) {
  for (const std::string_view whole : {get_health, post_ten}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      RequestParser parser({});

      const auto used = parser.feed(whole.substr(0, size));

      ASSERT_TRUE(used) << size;
      EXPECT_LE(*used, size);
      EXPECT_FALSE(parser.is_complete()) << size;
    }
  }
}

TEST(RequestParserTest, JoinsRepeatedFields) {
  RequestParser parser({});

  ASSERT_TRUE(parser.feed("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: a\r\nUpgrade: b\r\n\r\n"));

  EXPECT_EQ(parser.field("Upgrade"), "a, b");
}

TEST(RequestParserTest, KnowsWhetherTheConnectionGoesOn) {
  const auto keeps = [](std::string_view head) {
    RequestParser parser({});
    EXPECT_TRUE(parser.feed(head));
    EXPECT_TRUE(parser.is_complete());
    return parser.keep_alive();
  };

  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestParserTest, KnowsWhoWaitsForPermissionToContinue) {
  RequestParser parser({});

  ASSERT_TRUE(parser.feed(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));

  EXPECT_TRUE(parser.has_head());
  EXPECT_FALSE(parser.is_complete());
  EXPECT_TRUE(parser.expects_continue());
}

TEST(RequestParserTest, IgnoresAnEmptyLineBeforeTheRequest) {
  const std::string whole = "\r\n" + std::string(get_health);
  for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
    RequestParser parser({});

    const auto used = feed_in_pieces(parser, whole, piece);

    ASSERT_TRUE(used) << piece;
    EXPECT_EQ(*used, whole.size());
    EXPECT_TRUE(parser.is_complete());
  }
}

TEST(RequestParserTest, RefusesBadSyntax) {
  for (const std::string_view input :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET\r\n\r\n", "GET /\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", "G\x01T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01\r\n\r\n"}) {
    EXPECT_TRUE(is_refused(input)) << input;
  }
}

TEST(RequestParserTest, WantsExactlyOneHost) {
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\n\r\n"), RequestError::bad_syntax);
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), RequestError::bad_syntax);
  EXPECT_FALSE(is_refused("GET / HTTP/1.1\r\nHost:\r\n\r\n"));
  EXPECT_FALSE(is_refused("GET / HTTP/1.0\r\n\r\n"));
}

TEST(RequestParserTest, RefusesAmbiguousLengths) {
  EXPECT_TRUE(is_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"));
  EXPECT_TRUE(
      is_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
                 "Content-Length: 2\r\n\r\n"));
  EXPECT_TRUE(
      is_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n"
                 "\r\n"));
  EXPECT_TRUE(
      is_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n"));
  EXPECT_TRUE(is_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n"));
}

TEST(RequestParserTest, TakesNoChunks) {
  EXPECT_EQ(error_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            RequestError::length_required);
}

TEST(RequestParserTest, LimitsTheBody) {
  RequestParser parser({.body_bytes_max = 10});
  const auto used = parser.feed(post_ten);
  EXPECT_TRUE(used);

  EXPECT_EQ(error_of(post_ten, {.body_bytes_max = 9}), RequestError::body_too_large);
}

TEST(RequestParserTest, LimitsTheHeadHoweverItComes) {
  const std::string prefix = "GET / HTTP/1.1\r\nHost: h\r\n";
  std::string fields;
  while (fields.size() < 20'000) fields += "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
  const std::string long_field = "X: " + std::string(20'000, 'a');
  for (const std::string& whole :
       {prefix + fields, prefix + long_field, "GET /" + std::string(20'000, 'a')}) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{7}, std::size_t{1'000}, whole.size()}) {
      RequestParser parser({});

      const auto used = feed_in_pieces(parser, whole, piece);

      ASSERT_FALSE(used) << piece;
      EXPECT_EQ(used.error(), RequestError::head_too_large) << piece;
    }
  }
}

TEST(RequestParserTest, TakesAHeadOfExactlyTheLimit) {
  const std::string prefix = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string suffix = "\r\n\r\n";
  const auto request = [&](std::size_t size) {
    return prefix + std::string(size - prefix.size() - suffix.size(), 'a') + suffix;
  };

  RequestParser parser({});
  EXPECT_TRUE(parser.feed(request(8'192)));
  EXPECT_TRUE(parser.is_complete());
  EXPECT_EQ(error_of(request(8'193)), RequestError::head_too_large);
}

TEST(RequestParserTest, SurvivesEveryByteAtEveryPlace) {
  for (std::size_t place = 0; place < get_health.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string input(get_health);
      input[place] = static_cast<char>(byte);
      RequestParser parser({});
      const auto used = parser.feed(input);
      if (used) {
        EXPECT_LE(*used, input.size());
      }
    }
  }
}

TEST(RequestParserTest, HasAStatusAndASentenceForEachError) {
  EXPECT_EQ(http_status(RequestError::bad_syntax), 400U);
  EXPECT_EQ(http_status(RequestError::length_required), 411U);
  EXPECT_EQ(http_status(RequestError::body_too_large), 413U);
  EXPECT_EQ(http_status(RequestError::head_too_large), 431U);
  EXPECT_NE(to_string(RequestError::bad_syntax), to_string(RequestError::body_too_large));
}

}  // namespace
}  // namespace pigeon::net::http
